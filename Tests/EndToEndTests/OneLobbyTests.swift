import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "everybody in one #lobby",
        .enabled(if: Programs.find("weechat-headless") != nil && Programs.find("ii") != nil && BotGuest.isThere))
    struct OneLobbyTests {
        private let stage: Stage
        private let alice: OwnGuest
        private let irssi: IrssiGuest
        private let weechat: WeechatGuest
        private let ii: IiGuest
        private let bot: BotGuest
        /// In the order in which they act; the next one is who is whispered to.
        private let guests: [any Guest]

        init() throws {
            let hash = try passwordHash(of: "sesame")
            stage = try Stage(serverArguments: ["--no-flood-control", "--operator", "root \(hash)"])
            alice = try OwnGuest("alice", on: stage)
            irssi = try IrssiGuest("irssian", port: stage.port)
            weechat = try WeechatGuest("weeper", port: stage.port)
            ii = try IiGuest("eye", port: stage.port)
            bot = try BotGuest("robot", port: stage.port)
            guests = [alice, irssi, weechat, ii, bot]
            for guest in guests.dropFirst() {
                try alice.client.waitFor("join") { $0["nick"]?.string == guest.nick }
            }
        }

        @Test(
            "irssi, weechat, ii, a bot and our client each talk, whisper, set topics, rename, are away, kick and quit"
        )
        func lobby() throws {
            for guest in guests {
                try guest.act(.talk("talk-of-\(guest.nick)-שלום"))
                try others(than: guest, see: "talk-of-\(guest.nick)-שלום")
            }
            try whisper()
            for guest in guests {
                try guest.act(.topic("topic-of-\(guest.nick)"))
                try others(than: guest, see: "topic-of-\(guest.nick)")
            }
            for guest in guests {
                let new = guest.nick + "2"
                try guest.act(.rename(new))
                try others(than: guest, see: new)
                guest.nick = new
            }
            try beAway()
            try kick()
            try leave()
            for guest in guests {
                let seen = try guest.seen.lowercased()
                #expect(!seen.contains("unknown command"), "\(guest.nick): \(seen)")
            }
            #expect(!stage.server.errors.lowercased().contains("unknown"))
        }

        private func others(than guest: any Guest, see text: String, among all: [any Guest]? = nil) throws {
            for other in all ?? guests where other !== guest { try other.waitToSee(text) }
        }

        private func next(_ index: Int) -> any Guest { guests[(index + 1) % guests.count] }

        /// Each to the next, whom alone it reaches.
        private func whisper() throws {
            for (index, guest) in guests.enumerated() {
                try guest.act(.whisper(to: next(index).nick, "psst-of-\(guest.nick)"))
                try next(index).waitToSee("psst-of-\(guest.nick)")
            }
            for (index, guest) in guests.enumerated() {
                for other in guests where other !== guest && other !== next(index) {
                    #expect(try !other.seen.contains("psst-of-\(guest.nick)"), "\(other.nick)")
                }
            }
        }

        /// Whoever asks for them is told so, until they are back.
        private func beAway() throws {
            for guest in guests {
                try guest.act(.away("absence-of-\(guest.nick)"))
                // The question may overtake: they are two connections.
                try eventually("the absence of \(guest.nick)", state: { bot.seen }) {
                    try bot.process.type("WHOIS \(guest.nick)\n")
                    pause(seconds: 0.1)
                    return bot.seen.contains("away rdtchat.local \(bot.nick) \(guest.nick) absence-of-\(guest.nick)")
                }
                try guest.act(.back)
            }
            try alice.act(.away("out-for-tea"))
            try eventually("irssi hears of an absence", state: { irssi.seen }) {
                try irssi.act(.whisper(to: alice.nick, "are you there"))
                pause(seconds: 0.3)
                return irssi.seen.contains("out-for-tea")
            }
            try alice.act(.back)
        }

        /// Our client has no command for it, and is put out; irssi, an operator of the server, makes the others operators.
        private func kick() throws {
            try irssi.type("/oper root sesame")
            try stage.server.waitForErrors("OPER root by irssian2")
            try irssi.type("/mode #lobby +ooo \(weechat.nick) \(ii.nick) \(bot.nick)")
            try bot.waitToSee("+ooo")
            let pairs: [(any Guest, any Guest)] = [(bot, alice), (ii, bot), (weechat, ii), (irssi, weechat)]
            for (guest, victim) in pairs {
                try guest.act(.kick(victim.nick, "out-says-\(guest.nick)"))
                try others(than: guest, see: "out-says-\(guest.nick)")
                try victim.act(.join)
                try bot.waitToSee("join \(victim.nick)!")
            }
        }

        /// One after the other, seen by who is still there.
        private func leave() throws {
            for (index, guest) in guests.enumerated() {
                try guest.act(.quit("end-of-\(guest.nick)"))
                try others(than: guest, see: "end-of-\(guest.nick)", among: Array(guests[index...]))
            }
            try bot.waitToSee("disconnect ")
            try alice.client.finish()
            try stage.server.waitForErrors("robot2!robot@127.0.0.1 left: Quit: end-of-robot2")
        }
    }
}
