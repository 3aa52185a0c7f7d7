import Glibc

/// The kernel said no: which error, and what was being done, so that every message can name both.
package struct Errno: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kernel's number for an error, with names for those that a caller decides by.
    package struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        package let rawValue: Int32

        package init(rawValue: Int32) { self.rawValue = rawValue }

        package static let accessDenied = Code(rawValue: EACCES)
        package static let notPermitted = Code(rawValue: EPERM)
        package static let noSuchFile = Code(rawValue: ENOENT)
        package static let exists = Code(rawValue: EEXIST)
        package static let isDirectory = Code(rawValue: EISDIR)
        package static let notDirectory = Code(rawValue: ENOTDIR)
        package static let notRegularFile = Code(rawValue: EFTYPE)
        /// A file in the way that another program made.
        package static let notOurs = Code(rawValue: ENOTOURS)
        /// A file in the way that is the part or the record of a download.
        package static let isPart = Code(rawValue: EISPART)
        /// The file that was written has its name no more.
        package static let replaced = Code(rawValue: EREPLACED)
        package static let noSpace = Code(rawValue: ENOSPC)
        package static let quotaExceeded = Code(rawValue: EDQUOT)
        package static let fileTooLarge = Code(rawValue: EFBIG)
        package static let nameTooLong = Code(rawValue: ENAMETOOLONG)
        package static let leadsOutside = Code(rawValue: EXDEV)
        package static let symbolicLink = Code(rawValue: ELOOP)
        package static let addressInUse = Code(rawValue: EADDRINUSE)
        package static let addressNotAvailable = Code(rawValue: EADDRNOTAVAIL)
        package static let connectionRefused = Code(rawValue: ECONNREFUSED)
        package static let connectionReset = Code(rawValue: ECONNRESET)
        package static let timedOut = Code(rawValue: ETIMEDOUT)
        package static let inProgress = Code(rawValue: EINPROGRESS)
        package static let tooManyFiles = Code(rawValue: EMFILE)
        package static let tooManyFilesInSystem = Code(rawValue: ENFILE)
        package static let noMemory = Code(rawValue: ENOMEM)
        package static let noBuffers = Code(rawValue: ENOBUFS)
        package static let messageTooLong = Code(rawValue: EMSGSIZE)
        package static let invalid = Code(rawValue: EINVAL)
        package static let inputOutput = Code(rawValue: EIO)
        package static let notSupported = Code(rawValue: EOPNOTSUPP)
        package static let noSuchCall = Code(rawValue: ENOSYS)
        package static let wouldBlock = Code(rawValue: EAGAIN)
        package static let interrupted = Code(rawValue: EINTR)
        package static let brokenPipe = Code(rawValue: EPIPE)
        package static let noDevice = Code(rawValue: ENXIO)

        package var description: String {
            switch self {
            case .notRegularFile: "Not a regular file"
            case .notOurs: "Not a partial download"
            case .isPart: "The partial file of another download"
            case .replaced: "The partial file was removed or replaced while it was written"
            case _: unsafe String(cString: strerror(rawValue))
            }
        }
    }

    package let code: Code
    /// What was being done, as in "bind TCP 127.0.0.1:6667".
    package let doing: String

    package init(_ code: Code, _ doing: String) {
        self.code = code
        self.doing = doing
    }

    package var description: String { "\(doing): \(code)" }
}

/// Linux has no number for "not a regular file"; this one is outside of the kernel's range.
private let EFTYPE: Int32 = 4096
private let ENOTOURS: Int32 = 4097
private let EISPART: Int32 = 4098
private let EREPLACED: Int32 = 4099

extension Errno.Code {
    /// The error of the call that has just failed on this thread.
    static var last: Errno.Code { Errno.Code(rawValue: errno) }
}

/// Makes a system call again for as long as a signal interrupts it, and turns its refusal into an `Errno`.
@discardableResult
func systemCall<Result: FixedWidthInteger & SignedInteger>(
    _ doing: @autoclosure () -> String, _ call: () -> Result
) throws(Errno) -> Result {
    switch attempt(call) {
    case .success(let result): return result
    case .failure(let code): throw Errno(code, doing())
    }
}

/// As `systemCall`, for callers to whom some refusals are answers.
func attempt<Result: FixedWidthInteger & SignedInteger>(_ call: () -> Result) -> Swift.Result<Result, Errno.Code> {
    while true {
        let result = call()
        guard result < 0 else { return .success(result) }
        let code = Errno.Code.last
        guard code == .interrupted else { return .failure(code) }
    }
}

extension Errno.Code: Error {}
