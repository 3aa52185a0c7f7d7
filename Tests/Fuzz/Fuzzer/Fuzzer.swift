import FuzzHarnesses
import Glibc

/// libFuzzer's way in: the harness that FUZZ_HARNESS names gets the bytes.
private let harness: Harness = {
    let name = unsafe getenv("FUZZ_HARNESS").map { unsafe String(cString: $0) } ?? ""
    guard let harness = Harness(rawValue: name) else {
        let names = Harness.allCases.map(\.rawValue).joined(separator: ", ")
        let text = Array("Fuzzer: FUZZ_HARNESS is '\(name)'; it is one of \(names)\n".utf8)
        _ = unsafe write(STDERR_FILENO, text, text.count)
        // sysexits.h, EX_USAGE.
        exit(64)
    }
    return harness
}()

@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    harness.run(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
