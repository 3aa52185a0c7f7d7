import Posix
import RDT
import TestSupport
import Testing

@testable import rdtchatd

@Suite struct DigestCacheTests {
    @Test("the cache holds its capacity and then forgets the oldest")
    func bounded() throws {
        let place = try TemporaryDirectory()
        let capacity = 10
        var cache = DigestCache(capacity: capacity)
        var identities: [FileIdentity] = []
        for number in 0...capacity {
            // One file in many states: a changed file is another one.
            try FileSystem.write([UInt8](repeating: 0, count: number), to: place.path("file"))
            let identity = try ReadableFile(path: place.path("file")).opened
            identities.append(identity)
            cache.remember(FileDigest(high: 0, low: UInt64(number)), of: identity)
        }
        #expect(Set(identities).count == identities.count)
        #expect(cache[identities[0]] == nil)
        #expect(cache[identities[1]] == FileDigest(high: 0, low: 1))
        #expect(cache[identities[capacity]]?.low == UInt64(capacity))
    }
}
