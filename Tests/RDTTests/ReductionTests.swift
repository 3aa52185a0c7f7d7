import Simulation
import Testing
import Timeline

@Suite("a failing run is made smaller") struct ReductionTests {
    @Test("of a run with many faults the two are left that make it fail, and one small file")
    func leavesCauses() {
        var scenario = Scenario(seed: 1, sizes: [40_000, 9_000, 1])
        scenario.toClient.loss = 0.1
        scenario.toClient.jitter = .milliseconds(5)
        scenario.toServer.duplication = 0.3
        scenario.noise = 0.05
        scenario.batch = .milliseconds(3)
        let smallest = Reduction.smallest(scenario) {
            $0.toClient.loss > 0 && $0.batch > .zero && $0.sizes.contains { $0 > 1_000 }
        }
        #expect(smallest.sizes.count == 1 && smallest.sizes[0] <= 2_000)
        #expect(smallest.toClient.loss == 0.1 && smallest.batch == .milliseconds(3))
        #expect(smallest.toClient.jitter == .zero && smallest.toServer.areNone && smallest.noise == 0)
        let options = Reduction.options(of: smallest)
        #expect(options.contains("to client: loss 0.1") && options.contains("batch"))
        #expect(!options.contains("jitter") && !options.contains("noise"))
    }

    @Test("a fault that is injected is found in the smallest run as in the first")
    func injected() {
        var scenario = Scenario(seed: 1, sizes: [30_000, 5_000])
        scenario.toClient.jitter = .milliseconds(5)
        scenario.batch = .milliseconds(3)
        scenario.sabotage = .repeatedPacketNumbers
        #expect(Reduction.failure(of: scenario) != nil)
        let smallest = Reduction.smallest(scenario) { Reduction.failure(of: $0) != nil }
        #expect(Reduction.failure(of: smallest)?.contains("packet 0 after") == true)
        #expect(smallest.sizes == [1] && smallest.isClean)
    }
}
