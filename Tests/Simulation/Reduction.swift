import RDT
import Timeline

/// Makes a failing run simpler, one option at a time, as long as it fails: what is left says where to look.
package enum Reduction {
    private typealias Step = @Sendable (inout Scenario) -> Void

    /// The smallest scenario that still fails: no single step of the list can be taken any more.
    package static func smallest(_ scenario: Scenario, fails: (Scenario) -> Bool) -> Scenario {
        var smallest = scenario
        var isSmaller = true
        while isSmaller {
            isSmaller = false
            for step in steps(of: smallest) {
                var candidate = smallest
                step(&candidate)
                guard "\(candidate)" != "\(smallest)", fails(candidate) else { continue }
                smallest = candidate
                isSmaller = true
            }
        }
        return smallest
    }

    /// Why a scenario fails; nil when it does not.
    package static func failure(of scenario: Scenario) -> String? {
        var world = World(scenario)
        do throws(InvariantViolation) {
            try world.run()
            return nil
        } catch {
            return error.description
        }
    }

    /// The options in which a scenario differs from one without faults.
    package static func options(of scenario: Scenario) -> String {
        let plain = Scenario(seed: scenario.seed, sizes: scenario.sizes)
        var words = ["seed \(scenario.seed)", "sizes \(scenario.sizes)"]
        words += differences(scenario, plain, except: ["toClient", "toServer"])
        words += differences(scenario.toClient, plain.toClient).map { "to client: \($0)" }
        words += differences(scenario.toServer, plain.toServer).map { "to server: \($0)" }
        return words.joined(separator: ", ")
    }

    private static func differences<Value>(_ one: Value, _ other: Value, except: Set<String> = []) -> [String] {
        zip(Mirror(reflecting: one).children, Mirror(reflecting: other).children).compactMap { left, right in
            guard let label = left.label, !except.contains(label), "\(left.value)" != "\(right.value)" else {
                return nil
            }
            return "\(label) \(left.value)"
        }
    }

    private static func steps(of scenario: Scenario) -> [Step] {
        var steps = transfers(of: scenario)
        let plain = Scenario(seed: scenario.seed, sizes: scenario.sizes)
        steps += [
            { $0.noise = 0 }, { $0.cancel = nil }, { $0.kept = nil }, { $0.stall = nil }, { $0.batch = .zero },
            { $0.reading = nil }, { $0.knowsHash = false }, { $0.receiveWindow = plain.receiveWindow },
            { $0.largestDatagram = plain.largestDatagram }, { $0.stagger = plain.stagger },
            { $0.hint = plain.hint },
        ]
        steps += ways(\.toClient, plain.toClient) + ways(\.toServer, plain.toServer)
        return steps
    }

    /// Without one of the transfers, and with one of half the size.
    private static func transfers(of scenario: Scenario) -> [Step] {
        var steps: [Step] = []
        for index in scenario.sizes.indices {
            let recoveries = scenario.sizes.indices.map(scenario.recovery(of:))
            let controls = scenario.sizes.indices.map(scenario.control(of:))
            if scenario.sizes.count > 1 {
                steps.append {
                    guard $0.sizes.count == recoveries.count else { return }
                    $0.sizes.remove(at: index)
                    $0.recoveries = recoveries
                    $0.recoveries.remove(at: index)
                    $0.controls = controls
                    $0.controls.remove(at: index)
                }
            }
            steps.append { if index < $0.sizes.count { $0.sizes[index] /= 2 } }
        }
        return steps
    }

    private static func ways(
        _ path: any (WritableKeyPath<Scenario, LinkFaults> & Sendable), _ plain: LinkFaults
    ) -> [Step] {
        [
            { $0[keyPath: path].loss = 0 }, { $0[keyPath: path].burstLoss = 0 },
            { $0[keyPath: path].duplication = 0 }, { $0[keyPath: path].reordering = 0 },
            { $0[keyPath: path].corruption = 0 }, { $0[keyPath: path].truncation = 0 },
            { $0[keyPath: path].jitter = .zero }, { $0[keyPath: path].sway = .zero },
            { $0[keyPath: path].spikes = [] }, { $0[keyPath: path].blackHoles = [] },
            { $0[keyPath: path].shrinks = nil }, { $0[keyPath: path].losesFirst = [] },
            { $0[keyPath: path].losesTail = false }, { $0[keyPath: path].queue = .max },
            { $0[keyPath: path].bucket = 0 }, { $0[keyPath: path].rate = nil },
            { $0[keyPath: path].delay = plain.delay },
        ]
    }
}
