@testable import RDT
import Testing

@testable import rdtchatd

@Suite struct TransferTextTests {
    @Test("a finished transfer is one line of figures: bytes, seconds, rate, lost, resent, recovery")
    func figures() {
        var statistics = TransferStatistics()
        statistics.bytes = 40_000_000
        statistics.seconds = 3.2
        statistics.lost = 5
        statistics.resent = 71
        #expect(
            TransferText.figures(statistics)
                == "bytes=40000000 seconds=3.200 rate=12.500MB/s lost=5 resent=71 recovery=gbn")
        #expect(
            TransferText.figures(TransferStatistics())
                == "bytes=0 seconds=0.000 rate=0.000MB/s lost=0 resent=0 recovery=gbn")
    }

    @Test(
        "numbers are rounded to their decimals",
        arguments: [
            (0, "0.000"), (1.0005, "1.001"), (0.0494, "0.049"), (-1, "0.000"), (12.3456789, "12.346"),
            (.infinity, "1000000000000.000"),
        ])
    func fixed(number: Double, text: String) {
        #expect(TransferText.fixed(number, digits: 3) == text)
    }

    @Test("a name with quotes stays one value")
    func quoted() {
        #expect(TransferText.quoted("a \"b\" \\") == "\"a \\\"b\\\" \\\\\"")
        #expect(
            TransferText.outcome(.failed(.abortedByPeer(.noSpace))) == "failed: the other end gave up: no space left")
    }
}
