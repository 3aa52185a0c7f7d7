import IRC
import Testing

@Suite("nicknames")
struct NicknameTests {
    @Test("other scripts are allowed by their rule: one script a name, its own shapes, letters first, folded")
    func scripts() throws {
        for name in [
            "שלום", "Дана", "Żółć", "dana", "Ωμέγα", "名前", "김철수", "דנה_1", "ж-2", "سلام", "Արամ", "Βίκυ", "მზია",
        ] {
            #expect((try? Nickname(name, by: .unicode))?.text == name, "\(name)")
        }
        #expect(try Nickname("ДАНА", by: .unicode) == Nickname("дана", by: .unicode))
        func reason(_ name: String) -> NicknameError.Reason? {
            do { _ = try Nickname(name, by: .unicode) } catch { return error.reason }
            return nil
        }
        #expect(reason("dаna") == .mixedScripts)
        for name in ["асе", "Тоха", "роӏ", "ѡеь", "ΑΝΝΑ", "σοσ", "հօո", "ՍՏ-1", "օ_օ"] {
            #expect(reason(name) == .lookAlike, "\(name)")
        }
        for name in ["ж1α", "שa", "дanaд", "名a", "аα", "ًa", "aשb", "ΑΑа", "ხо"] {
            #expect(reason(name) != nil, "\(name)")
        }
        // A letter for a click, which is no `|`, and what is another letter's variant.
        for name in ["a\u{1C0}", "\u{1C3}a", "ǆa", "ſa", "a\u{FF41}", "Ａa", "à\u{301}", "ㅏ", "ｱ"] {
            #expect(reason(name) != nil, "\(name)")
        }
        #expect(reason("1ж") == .badStart("1"))
        #expect(reason("ж!") == .badCharacter("!"))
        #expect(reason("e\u{301}a") == .badCharacter("\u{301}"))
        #expect(reason("ж\u{202E}") == .badCharacter("\u{202E}"))
        #expect(reason("ﬁя") == .badStart("ﬁ"))
        #expect(reason("ש" + String(repeating: "ל", count: 15)) == .tooLong)
        #expect(reason(String(repeating: "ל", count: 15)) == nil)
        #expect((try? Nickname("שלום")) == nil)
    }

    @Test("letters and some signs may stand first, digits and the hyphen after them")
    func legal() throws {
        for text in ["dana", "D", "[a]", "a-1", "_", "`x`", "{|}", "\\o^", String(repeating: "n", count: 30)] {
            #expect(try Nickname(text).text == text)
        }
    }

    @Test(
        "a fault is named",
        arguments: [
            ("", NicknameError.Reason.empty),
            ("1a", .badStart("1")),
            ("-a", .badStart("-")),
            ("#a", .badStart("#")),
            ("a b", .badCharacter(" ")),
            ("a!b", .badCharacter("!")),
            ("דנה", .badStart("ד")),
            ("a\u{202E}", .badCharacter("\u{202E}")),
            (String(repeating: "n", count: 31), .tooLong),
        ])
    func illegal(text: String, reason: NicknameError.Reason) {
        #expect(throws: NicknameError(text: text, reason: reason)) { try Nickname(text) }
    }

    @Test("A to Z equal a to z, and nothing else is folded")
    func folding() throws {
        #expect(try Nickname("Dana") == Nickname("dANA"))
        #expect(try Set([Nickname("A[]"), Nickname("a[]")]).count == 1)
        // RFC 1459's own mapping would take these for one.
        #expect(try Nickname("a[") != Nickname("a{"))
        #expect(try Nickname("a^") != Nickname("a~".replacing("~", with: "_")))
    }

    @Test("the error says what is wrong and what would be right, on one line and without control characters")
    func text() throws {
        let error = try #require(throws: NicknameError.self) { try Nickname("a b\n\u{1B}") }
        #expect(error.description.hasPrefix("nickname 'a b^J^[' has a space; a nickname is a letter or one of"))
        #expect(error.description.hasSuffix("at most 30"))
    }
}

@Suite("channel names")
struct ChannelNameTests {
    @Test("a # and what follows it, up to 50 bytes")
    func legal() throws {
        for text in ["#lobby", "##", "#a-b.c", "#שיחה", "#" + String(repeating: "c", count: 49)] {
            #expect(try ChannelName(text).text == text)
        }
        #expect(try ChannelName("#Lobby") == ChannelName("#lOBBY"))
    }

    @Test(
        "a fault is named",
        arguments: [
            ("", ChannelNameError.Reason.noHash),
            ("#", .noHash),
            ("lobby", .noHash),
            ("&lobby", .noHash),
            ("#a b", .badCharacter(" ")),
            ("#a,b", .badCharacter(",")),
            ("#a:b", .badCharacter(":")),
            ("#a\u{7}", .badCharacter("\u{7}")),
            ("#a\u{200B}", .badCharacter("\u{200B}")),
            ("#" + String(repeating: "c", count: 50), .tooLong),
        ])
    func illegal(text: String, reason: ChannelNameError.Reason) {
        #expect(throws: ChannelNameError(text: text, reason: reason)) { try ChannelName(text) }
    }

    @Test("names that only look alike are two")
    func bytes() throws {
        #expect(try ChannelName("#caf\u{E9}") != ChannelName("#cafe\u{301}"))
    }
}

@Suite("server names")
struct ServerNameTests {
    @Test("labels of letters, digits and inner hyphens, at least two")
    func names() {
        for text in [
            "chat.example.org", "a.b", "4.example", "xn--9dbne9b.example", "Chat-1.Example.ORG", "rdtchat.local",
        ] {
            #expect(ServerName(text)?.text == text)
        }
        for text in [
            "", "chat", "-a.example", "a-.example", "_chat.example", "a..b", ".a.b", "a.b.", "שלום.example", "a b.c",
        ] {
            #expect(ServerName(text) == nil, "\(text)")
        }
        #expect(ServerName(String(repeating: "a", count: 61) + ".b") != nil)
        #expect(ServerName(String(repeating: "a", count: 62) + ".b") == nil)
    }
}
