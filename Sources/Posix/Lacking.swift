/// What the kernel is taken to lack whatever it can do, so that tests can go each way that datagrams take.
struct Lacking: OptionSet {
    let rawValue: Int
    init(rawValue: Int) { self.rawValue = rawValue }

    static let segmentation = Lacking(rawValue: 1)
    static let sendBatches = Lacking(rawValue: 2)
    static let coalescing = Lacking(rawValue: 4)
    static let receiveBatches = Lacking(rawValue: 8)

    /// The words of RDTCHAT_WITHOUT, with spaces between them.
    static var fromEnvironment: Lacking {
        var lacking: Lacking = []
        for word in (Environment.value("RDTCHAT_WITHOUT") ?? "").split(separator: " ") {
            switch word {
            case "UDP_SEGMENT": lacking.insert(.segmentation)
            case "sendmmsg": lacking.insert(.sendBatches)
            case "UDP_GRO": lacking.insert(.coalescing)
            case "recvmmsg": lacking.insert(.receiveBatches)
            case _: break
            }
        }
        return lacking
    }
}
