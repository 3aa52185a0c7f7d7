import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Events as text and as JSON")
struct EventTests {
    private func text(_ string: String) -> ForeignText { ForeignText(string) }

    @Test("the events of --json have exactly the fields that are promised")
    func json() throws {
        let name = try FileName("a b.txt")
        let report = TransferReport(path: "out/a b.txt", bytes: 5, seconds: 0.25, lost: 1, resent: 2, recovery: "gbn")
        let entry = FileEntry(name: name, size: 5, modified: UnixTime(seconds: -3))
        let cases: [(ClientEvent, String)] = [
            (
                .message(room: text("#lobby"), Speech(from: text("ann"), text: text("hi"))),
                ##"{"event":"message","room":"#lobby","from":"ann","text":"hi","mention":false}"##
            ),
            (
                .privateMessage(to: text("dana"), Speech(from: text("ann"), text: text("psst"))),
                ##"{"event":"private","from":"ann","to":"dana","text":"psst"}"##
            ),
            (.join(room: text("#a"), nick: text("b"), isOwn: false), ##"{"event":"join","room":"#a","nick":"b"}"##),
            (
                .leave(room: text("#a"), nick: text("b"), reason: text(""), isOwn: false),
                ##"{"event":"leave","room":"#a","nick":"b","reason":""}"##
            ),
            (.nick(old: text("a"), new: text("b"), isOwn: true), ##"{"event":"nick","old":"a","new":"b"}"##),
            (
                .nicknames(room: text("#a"), names: [text("a"), text("b")]),
                ##"{"event":"nicknames","room":"#a","names":["a","b"]}"##
            ),
            (.file(entry), ##"{"event":"file","name":"a b.txt","size":5,"mtime":-3}"##),
            (
                .progress(TransferNumber(1), name: name, bytes: 2, size: 5),
                ##"{"event":"progress","number":1,"name":"a b.txt","bytes":2,"size":5}"##
            ),
            (
                .done(TransferNumber(1), name: name, report: report),
                ##"{"event":"done","number":1,"name":"a b.txt","path":"out/a b.txt","bytes":5,"fetched":5,"seconds":0.25,"lost":1,"resent":2,"recovery":"gbn"}"##
            ),
            (
                .rooms([RoomLine(room: text("#a"), people: 2, topic: text("t"))]),
                ##"{"event":"rooms","rooms":[{"room":"#a","people":2,"topic":"t"}]}"##
            ),
            (
                .recalled(
                    UnixTime(seconds: 7), .privateMessage(to: text("b"), Speech(from: text("a"), text: text("x")))),
                ##"{"event":"recalled","time":7,"said":{"event":"private","from":"a","to":"b","text":"x"}}"##
            ),
            (.error(command: "nick", text: "no"), ##"{"event":"error","command":"nick","text":"no"}"##),
            (
                .error(command: "download", text: "no", download: DownloadLabel(TransferNumber(1), name)),
                ##"{"event":"error","command":"download","text":"no","number":1,"name":"a b.txt"}"##
            ),
        ]
        for (event, line) in cases { #expect(EventJSON.line(for: event) == line) }
    }

    @Test("JSON text is exact: quotes, control characters, bidi and emoji sequences come out by number or as they are")
    func escapes() {
        #expect(
            JSON.string("a\"\\\n\t\u{1B}\u{7F}\u{9B}\u{202E}é😀\u{200D}\u{E0001}").text
                == #""a\"\\\n\t\u001b\u007f\u009b\u202eé😀\u200d\udb40\udc01""#)
        #expect(JSON.real(1.5).text == "1.5" && JSON.real(0).text == "0.0" && JSON.real(-0.25).text == "-0.25")
        #expect(JSON.real(.infinity).text == "0" && JSON.real(1e-9).text == "0.0")
    }

    @Test("no line of text has a control character, whatever others send", arguments: 0..<50)
    func clean(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let scalars = (0..<200).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x2100, using: &random)) }
        let foreign = ForeignText(String(String.UnicodeScalarView(scalars)))
        let answer = WhoisAnswer(
            nick: foreign, user: foreign, host: foreign, realName: foreign, rooms: [foreign], away: foreign, idle: nil)
        let events: [ClientEvent] = [
            .message(room: foreign, Speech(from: foreign, text: foreign, isAction: true, mentionsUs: true)),
            .whois(answer),
            .privateMessage(to: foreign, Speech(from: foreign, text: foreign)), .motd(foreign),
            .notice(from: foreign, text: foreign), .join(room: foreign, nick: foreign, isOwn: false),
            .leave(room: foreign, nick: foreign, reason: foreign, isOwn: false),
            .welcome(server: foreign, nick: foreign),
            .nick(old: foreign, new: foreign, isOwn: false), .nicknames(room: foreign, names: [foreign]),
            .topic(room: foreign, text: foreign, by: foreign),
            .rooms([RoomLine(room: foreign, people: 3, topic: foreign)]),
        ]
        for event in events {
            for span in EventText.lines(for: event, time: "12:00", room: nil).joined() {
                #expect(DisplayText(sanitising: span.text).text.utf8.count == span.text.utf8.count)
            }
            #expect(EventJSON.line(for: event).utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        }
    }

    @Test("the room's name stands before what is said elsewhere only")
    func rooms() {
        let event = ClientEvent.message(room: text("#a"), Speech(from: text("ann"), text: text("x")))
        func line(_ room: String?, _ time: String?) -> String {
            EventText.lines(for: event, time: time, room: room).map { $0.map(\.text).joined() }.joined()
        }
        #expect(line("#a", nil) == "<ann> x")
        #expect(line("#b", "09:05") == "09:05 #a <ann> x")
    }
}
