import ChatClient
import RDT
import Timeline

extension ArrivalFigures {
    /// What RDT counted at this end, in the shell's terms.
    init(_ statistics: TransferStatistics) {
        self.init()
        seconds = statistics.seconds
        packets = UInt64(statistics.packets)
        outOfOrder = UInt64(statistics.outOfOrder)
        duplicates = UInt64(statistics.duplicates)
        missing = UInt64(statistics.lost)
        localDrops = UInt64(statistics.localDrops)
        acks = UInt64(statistics.acks)
        longestSilence = statistics.longestSilence.seconds
    }
}
