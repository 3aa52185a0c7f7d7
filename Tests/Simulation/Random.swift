/// SplitMix64 (Steele, Lea, Flood 2014): the one source of chance in a run, so that a seed is the run.
package struct Random: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// From 0 up to, not including, 1.
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
    package mutating func chance(_ probability: Double) -> Bool { probability > 0 && unit() < probability }
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
    package mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}
