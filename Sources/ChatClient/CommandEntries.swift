/// The commands, in the order in which help and the man page have them.
extension CommandTable {
    package static let entries: [Entry] = [
        Entry(
            name: .msg, arguments: "NICK TEXT", summary: "write to one person, whom alone it reaches",
            example: "/msg dana are you there?", takes: .person, group: .talk),
        Entry(
            name: .reply, arguments: "TEXT", summary: "answer the last private message", example: "/reply yes, I am",
            takes: .text, group: .talk),
        Entry(
            name: .me, arguments: "TEXT", summary: "say what you do", example: "/me waves", takes: .text, group: .talk),
        Entry(
            name: .query, arguments: "[NICK]", summary: "talk to one person from now on, or to the room again",
            example: "/query dana", takes: .person, group: .talk),
        Entry(
            name: .ignore, arguments: "[NICK [TIME]]",
            summary: "hear nothing from somebody, for 30s, 10m, 2h, 1d, or until off", example: "/ignore dana 10m",
            takes: .person, group: .talk),
        Entry(
            name: .recall, arguments: "PATTERN", summary: "search what was said", example: "/recall film*sunday",
            takes: .text, group: .talk),
        Entry(
            name: .resend, arguments: "[drop]",
            summary: "say again what a lost connection did not deliver, or forget it", example: "/resend", takes: .none,
            group: .talk),
        Entry(
            name: .nicknames, arguments: "[#ROOM]", summary: "show who is in this room, or another",
            example: "/nicknames #help", takes: .room,
            group: .people),
        Entry(
            name: .whois, arguments: "NICK", summary: "show who somebody is", example: "/whois dana", takes: .person,
            group: .people),
        Entry(
            name: .nick, arguments: "NEW", summary: "change your nickname", example: "/nick dana2", takes: .newName,
            group: .people),
        Entry(
            name: .away, arguments: "[TEXT]", summary: "tell whoever writes to you that you are not here",
            example: "/away back at noon", takes: .text, group: .people),
        Entry(
            name: .back, arguments: "", summary: "tell that you are here again", example: "/back", takes: .none,
            group: .people),
        Entry(
            name: .join, arguments: "#ROOM", summary: "go into a room and talk there", example: "/join #help",
            takes: .room, group: .rooms),
        Entry(
            name: .part, arguments: "[#ROOM]", summary: "leave this room, or another", example: "/part #help",
            takes: .room, group: .rooms),
        Entry(
            name: .rooms, arguments: "", summary: "list the server's rooms", example: "/rooms", takes: .none,
            group: .rooms),
        Entry(
            name: .topic, arguments: "[TEXT]", summary: "show or change the room's topic",
            example: "/topic Lab notes of today", takes: .topic, group: .rooms),
        Entry(
            name: .files, arguments: "[GLOB]", summary: "list the server's files", example: "/files *.txt",
            takes: .files, group: .files),
        Entry(
            name: .download, arguments: "NAME… [> LOCAL] [&] [--force]",
            summary: "fetch files: > LOCAL names the copy, & goes on in the background, --force replaces",
            example: "/download \"lab notes.txt\" > notes.txt", takes: .files, group: .files),
        Entry(
            name: .transfers, arguments: "", summary: "show your downloads", example: "/transfers", takes: .none,
            group: .files),
        Entry(
            name: .why, arguments: "[N]", summary: "show what limits a download, with the figures of both ends",
            example: "/why 2", takes: .transfer, group: .files),
        Entry(
            name: .wait, arguments: "[N]", summary: "wait for a download, or for all", example: "/wait 2",
            takes: .transfer, group: .files),
        Entry(
            name: .pause, arguments: "[N]", summary: "hold a download, or all; what came stays", example: "/pause 2",
            takes: .transfer, group: .files),
        Entry(
            name: .resume, arguments: "[N]", summary: "let it go on, or all that are held", example: "/resume 2",
            takes: .transfer, group: .files),
        Entry(
            name: .cancel, arguments: "N", summary: "stop a download at both ends", example: "/cancel 2",
            takes: .transfer, group: .files),
        Entry(
            name: .set, arguments: "[NAME [VALUE]]", summary: "show what you changed, all, or change a setting",
            example: "/set output-dir downloads", takes: .setting, group: .shell),
        Entry(
            name: .alias, arguments: "[NAME [TEXT]]", summary: "a short word for a command, or off",
            example: "/alias dl /download --force", takes: .text, group: .shell),
        Entry(
            name: .help, arguments: "[COMMAND]", summary: "show all commands, or one of them with an example",
            example: "/help download", takes: .command, group: .shell),
        Entry(
            name: .connect, arguments: "[HOST[:PORT]]", summary: "go to another server, or try again now",
            example: "/connect files.example.org", takes: .text, group: .shell),
        Entry(
            name: .quit, arguments: "[TEXT]", summary: "leave; downloads go on the next time", example: "/quit",
            takes: .text, group: .shell),
        Entry(
            name: .waitFor, arguments: "PATTERN [SECONDS]",
            summary: "wait until a message or event shows PATTERN, 30 seconds by default",
            example: "wait-for \"dana joined\" 10", takes: .text, group: .scripts),
        Entry(
            name: .sleep, arguments: "SECONDS", summary: "do nothing for a while", example: "sleep 0.5", takes: .text,
            group: .scripts),
        Entry(
            name: .printing, arguments: "TEXT", summary: "print TEXT", example: "print all is there", takes: .text,
            group: .scripts),
        Entry(
            name: .assert, arguments: "[!] PATTERN",
            summary: "fail unless PATTERN was told since the last command, or with ! if it was",
            example: "assert \"notes.txt\"", takes: .text, group: .scripts),
    ]
}
