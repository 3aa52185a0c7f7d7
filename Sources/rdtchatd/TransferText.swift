import IRC
import Posix
import RDT

/// The words of the log about transfers: `key=value`, so that both people and programs read them.
enum TransferText {
    static func subject(_ file: ServedFile) -> String {
        "who=\(file.nick) address=\(file.address.hostText) file=\(quoted(file.name.text))"
    }

    static func figures(_ statistics: TransferStatistics) -> String {
        let rate = statistics.seconds > 0 ? Double(statistics.bytes) / statistics.seconds / 1e6 : 0
        let numbers = "bytes=\(statistics.bytes) seconds=\(fixed(statistics.seconds, digits: 3))"
        let losses = "lost=\(statistics.lost) resent=\(statistics.resent)"
        return "\(numbers) rate=\(fixed(rate, digits: 3))MB/s \(losses) recovery=\(statistics.recovery)"
    }

    static func outcome(_ outcome: Outcome) -> String {
        switch outcome {
        case .completed: "completed"
        case .unconfirmed: "unconfirmed"
        case .failed(let failure): "failed: \(failure)"
        }
    }

    static func drop(_ reason: DropReason) -> String {
        switch reason {
        case .malformed(.tooShort): "too short"
        case .malformed(.unknownVersion): "unknown version"
        case .malformed(.unknownKind): "unknown type"
        case .malformed(.badChecksum): "wrong checksum"
        case .malformed(.badLength): "wrong length"
        case .malformed(.badFlags): "unknown flag"
        case .malformed(.badField): "value out of range"
        case .unknownTransfer: "unknown transfer"
        case .foreignAddress: "foreign address"
        case .ticketUsed: "ticket used already"
        case .unexpected: "out of turn"
        case .duplicate: "duplicate"
        case .wrongNonce: "wrong nonce"
        }
    }

    /// A name of the shelf has no control characters; spaces and quotes it may have.
    static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
        return "\"\(escaped)\""
    }

    /// A number that is not negative with so many decimals.
    static func fixed(_ number: Double, digits: Int) -> String {
        var scale: UInt64 = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = UInt64((min(max(number, 0), 1e12) * Double(scale)).rounded())
        let decimals = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: digits - decimals.count) + decimals
    }
}
