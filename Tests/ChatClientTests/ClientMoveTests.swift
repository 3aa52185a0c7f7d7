import Testing

@testable import ChatClient

@Suite("Going to another server")
struct ClientMoveTests {
    @Test("/connect HOST says good-bye, stops what runs, and hands the loop the address")
    func host() {
        var desk = Desk.entered(files: ["a"])
        desk.type("/download a")
        desk.grant(1, name: "a")
        desk.sent = []
        desk.type("/connect other:7000")
        #expect(desk.sent == ["GETSTOP 0000000000000001", "QUIT :going to another server"])
        #expect(desk.moves == [ServerAddress("other:7000")] && desk.cancelled.count == 1 && desk.status == nil)
        #expect(desk.queue?.count == 1)
        desk.type("nobody hears this")
        #expect(desk.sent.count == 2)
    }

    @Test("/connect alone tries a lost server again now, and is refused while there is one")
    func again() {
        var desk = Desk { $0.reconnectsFor = nil }
        desk.enter()
        desk.type("/connect")
        #expect(desk.errors == ["you are connected; /connect HOST goes to another server"])
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        let before = desk.connects
        desk.type("/connect")
        #expect(desk.connects == before + 1)
        var given = Desk.entered()
        given.tell { $0.disconnected(reason: "gone", at: $1) }
        given.type("/connect")
        #expect(given.moves == [ServerAddress("127.0.0.1:6667")])
    }

    @Test("who came by /connect in vain stays at the prompt, and each wrong address is told")
    func inVain() {
        var desk = Desk { $0.hasMoved = true }
        desk.tell { $0.disconnected(reason: "refused", at: $1) }
        #expect(desk.status == nil && desk.client.prompt.text == "(not connected) ")
        desk.type("/connect host:0")
        #expect(desk.errors.last?.hasSuffix("is no server; write HOST or HOST:PORT") == true)
        var script = Desk.entered(isScript: true)
        script.type("/connect other")
        #expect(script.errors.count == 1 && script.moves.isEmpty)
    }
}
