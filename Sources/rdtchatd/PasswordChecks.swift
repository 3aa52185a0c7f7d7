import ChatServer
import Logging
import Posix

/// Passwords on their way to being compared with their hashes: one at a time, by a thread beside the loop.
///
/// A yescrypt hash takes some 20 ms on purpose: in the loop each would hold up everybody. One after the other they take
/// one core at most, however many guess at once; the hub bounds how often an address may.
struct PasswordChecks {
    struct Question {
        let request: RequestID
        let password: String
        let hash: String
    }

    /// The first is being answered while there is `work`.
    fileprivate var questions: [Question] = []
    fileprivate var work: (thread: Beside, place: Poller<Server.Source>.Place)?
}

extension Server {
    mutating func checkPassword(_ question: PasswordChecks.Question) {
        passwords.questions.append(question)
        beginPasswordCheck()
    }

    /// An answer may make its connection ask again at once, so both who asks and who has answered come here.
    private mutating func beginPasswordCheck() {
        guard passwords.work == nil, let question = passwords.questions.first else { return }
        let matches = { @Sendable () -> Int32 in PasswordHash.matches(question.password, question.hash) ? 1 : 0 }
        do throws(Errno) {
            let thread = try Beside(matches)
            passwords.work = (thread, poller.watch(thread.event, for: .reading, as: .password))
        } catch {
            logger.warning("\(error): a password is compared by the loop")
            finishPasswordCheck(matches: matches() == 1)
        }
    }

    /// The thread has an answer.
    mutating func takePasswordCheck() {
        guard let work = passwords.work else { return }
        let outcome: Int32?
        do throws(Errno) { outcome = try work.thread.outcome() } catch { outcome = 0 }
        guard let outcome else { return }
        poller.forget(work.place)
        passwords.work = nil
        finishPasswordCheck(matches: outcome == 1)
    }

    private mutating func finishPasswordCheck(matches: Bool) {
        let question = passwords.questions.removeFirst()
        hub.passwordVerified(question.request, matches: matches, at: now)
        drainHub()
        beginPasswordCheck()
    }
}
