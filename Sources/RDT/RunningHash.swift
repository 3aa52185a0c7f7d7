import CXXHash

/// An XXH3-128 in the making: bytes that come in pieces are hashed where they lie and need not be gathered first.
struct RunningHash: Sendable {
    /// Owns the C library's state; only ever changed by the one hash that owns it, see `update(_:)`.
    @safe private final class State: @unchecked Sendable {
        let pointer: OpaquePointer

        init() {
            guard let made = unsafe cxxhash_create() else {
                preconditionFailure("no memory is left for the state of a hash")
            }
            unsafe pointer = unsafe made
        }

        deinit { unsafe cxxhash_destroy(pointer) }

        func copy() -> State {
            let other = State()
            unsafe cxxhash_copy(other.pointer, pointer)
            return other
        }
    }

    private var state = State()
    /// Bytes hashed so far.
    private(set) var count = 0

    mutating func update(_ bytes: borrowing RawSpan) {
        if !isKnownUniquelyReferenced(&state) { state = state.copy() }
        unsafe bytes.withUnsafeBytes { unsafe cxxhash_update(state.pointer, $0.baseAddress, $0.count) }
        count += bytes.byteCount
    }

    mutating func restart() {
        guard count > 0 else { return }
        count = 0
        if isKnownUniquelyReferenced(&state) { unsafe cxxhash_reset(state.pointer) } else { state = State() }
    }

    var digest: FileDigest { FileDigest(unsafe cxxhash_finish(state.pointer)) }

    /// The hash of bytes that are all there.
    static func of(_ bytes: borrowing RawSpan) -> FileDigest {
        FileDigest(unsafe bytes.withUnsafeBytes { unsafe cxxhash_128($0.baseAddress, $0.count) })
    }
}

extension FileDigest {
    fileprivate init(_ hash: cxxhash_digest) { self.init(high: hash.high, low: hash.low) }
}
