import RDT

/// What an earlier download has left, on its way through the hash: the beginning, then what lies behind gaps.
struct Look {
    private let remains: Remains
    private var beginning = FileHasher()
    private var all = FileHasher()

    init(_ remains: Remains) { self.remains = remains }

    var done: UInt64 { all.size }
    var total: UInt64 { remains.parts.reduce(0) { $0 + UInt64($1.count) } }

    /// The next `most` bytes of the file to be hashed, or fewer; nil when all is.
    func next(_ most: Int) -> Range<UInt64>? {
        var left = all.size
        for part in remains.parts {
            let count = UInt64(part.count)
            if left < count {
                return part.lowerBound + left..<min(part.lowerBound + left + UInt64(most), part.upperBound)
            }
            left -= count
        }
        return nil
    }

    /// All the bytes of `next`.
    mutating func read(_ bytes: borrowing RawSpan) {
        all.update(bytes)
        if all.size == remains.bytes { beginning = all }
    }

    /// What has been hashed so far: of the beginning as much as could be read, of what follows all or nothing.
    var kept: KeptPrefix {
        done == total ? KeptPrefix(beginning, beyond: remains.beyond, all: all) : KeptPrefix(hasher)
    }

    /// The hash of the beginning, to go on with.
    var hasher: FileHasher { all.size < remains.bytes ? all : beginning }
}
