/// What clients say, and how two servers are compared: `who LINE` in turn, after each of which everybody reads up to its
/// answer to a PING. `who` alone leaves without a word.
enum Dialogues {
    /// `= name`, then the lines; clients are registered as soon as their name comes up, and are called like that.
    static let text = """
        = joining and leaving
        a JOIN #tea
        b JOIN #tea
        b PART #tea :bye
        b PART #tea
        b PART #none
        = joining without a channel
        a JOIN
        a JOIN tea
        a JOIN #a,#b
        a JOIN #a
        a JOIN 0
        = names
        a JOIN #tea
        b JOIN #tea
        a NAMES #tea
        a NAMES #none
        = topic
        a JOIN #tea
        a TOPIC #tea
        a TOPIC #tea :green
        a TOPIC #tea
        b JOIN #tea
        b TOPIC #tea :black
        c TOPIC #tea :mine
        a TOPIC #none
        a TOPIC
        = topic that only operators set
        a JOIN #tea
        a MODE #tea +nt
        b JOIN #tea
        b TOPIC #tea :mine
        a TOPIC #tea :ours
        = talk in a channel
        a JOIN #tea
        b JOIN #tea
        a PRIVMSG #tea :hello
        a NOTICE #tea :hello
        a PRIVMSG #none :hello
        a NOTICE #none :hello
        = talk from outside
        a JOIN #tea
        a MODE #tea +nt
        b PRIVMSG #tea :hello
        b NOTICE #tea :hello
        = private talk
        a PRIVMSG b :hello
        b PRIVMSG a :hello
        a PRIVMSG nobody :hello
        a NOTICE nobody :hello
        a PRIVMSG
        a PRIVMSG b
        a PRIVMSG b :
        a PRIVMSG b,c :both
        c PRIVMSG a :hello
        = away
        a AWAY :out
        b PRIVMSG a :hello
        b WHOIS a
        a AWAY
        b PRIVMSG a :hello
        a AWAY
        = nick changes
        a JOIN #tea
        b JOIN #tea
        b NICK bb
        b NICK a
        b NICK 1x
        b NICK
        b NICK bb
        = quit
        a JOIN #tea
        b JOIN #tea
        b QUIT :bye
        = a lost connection
        a JOIN #tea
        b JOIN #tea
        b
        a NAMES #tea
        = kick
        a JOIN #tea
        a MODE #tea +nt
        b JOIN #tea
        c JOIN #tea
        a KICK #tea b :out
        b PRIVMSG #tea :still here
        b KICK #tea c
        c KICK #tea a
        a KICK #tea b
        a KICK #tea nobody
        a KICK #none c
        a KICK #tea
        = kick several
        a JOIN #tea
        b JOIN #tea
        c JOIN #tea
        a KICK #tea b,c :out
        = invite
        a JOIN #tea
        a INVITE b #tea
        b JOIN #tea
        a INVITE b #tea
        b INVITE nobody #tea
        c INVITE a #tea
        a INVITE b
        = invitation only
        a JOIN #tea
        a MODE #tea +i
        b JOIN #tea
        a INVITE b #tea
        b JOIN #tea
        b INVITE c #tea
        = a key
        a JOIN #tea
        a MODE #tea +k sesame
        b JOIN #tea
        b JOIN #tea wrong
        b JOIN #tea sesame
        a MODE #tea -k sesame
        c JOIN #tea
        = a limit
        a JOIN #tea
        a MODE #tea +l 1
        b JOIN #tea
        a MODE #tea -l
        b JOIN #tea
        = bans
        a JOIN #tea
        b JOIN #tea
        a MODE #tea +b b!*@*
        b PRIVMSG #tea :hello
        b PART #tea
        b JOIN #tea
        a MODE #tea b
        a MODE #tea -b b!*@*
        b JOIN #tea
        = moderated
        a JOIN #tea
        b JOIN #tea
        a MODE #tea +m
        b PRIVMSG #tea :hello
        a MODE #tea +v b
        b PRIVMSG #tea :hello
        a MODE #tea -v b
        b PRIVMSG #tea :hello
        = secret
        a JOIN #tea
        a MODE #tea +s
        b NAMES #tea
        b WHO #tea
        b LIST
        b WHOIS a
        a WHOIS a
        a LIST
        = operators of a channel
        a JOIN #tea
        b JOIN #tea
        b MODE #tea +m
        a MODE #tea +o b
        b MODE #tea +m
        b MODE #tea -o a
        a MODE #tea -m
        = mode faults
        a JOIN #tea
        b JOIN #tea
        a MODE #tea +o nobody
        a MODE #tea +o c
        c MODE #tea
        a MODE #none
        a MODE #none +m
        a MODE
        = modes of a channel asked
        a JOIN #tea
        a MODE #tea +ntkl sesame 9
        a MODE #tea
        b MODE #tea
        = own modes
        a MODE a
        a MODE a +i
        a MODE a
        a MODE a -i
        a MODE b
        a MODE nobody
        = who
        a JOIN #tea
        b JOIN #tea
        c WHO #tea
        c WHO a
        c WHO nobody
        c WHO #none
        = who does not find the invisible
        a MODE a +i
        a JOIN #tea
        b WHO #tea
        b NAMES #tea
        b JOIN #tea
        b NAMES #tea
        b WHO #tea
        = whois
        a JOIN #tea
        b WHOIS a
        b WHOIS nobody
        b WHOIS
        = whowas
        a WHOWAS nobody
        b QUIT
        a WHOWAS b
        a WHOWAS
        = is on
        a ISON a b nobody
        a ISON nobody
        a ISON
        = user hosts
        a USERHOST a nobody
        a USERHOST
        = list
        a JOIN #tea
        b JOIN #coffee
        b TOPIC #coffee :black
        c LIST
        c LIST #tea
        c LIST #none
        = the server
        a VERSION
        a TIME
        a INFO
        a LUSERS
        a MOTD
        a STATS u
        = another server
        a VERSION nowhere.test
        a TIME nowhere.test
        a MOTD nowhere.test
        = ping
        a PING
        a PING token
        a PONG token
        = unknown and incomplete
        a GIBBERISH
        a JOIN
        a PART
        a KICK #tea
        a INVITE
        = again
        a USER x 0 * :again
        a PASS secret
        = operator
        a OPER root wrong
        a OPER nobody sesame
        a OPER root sesame
        a OPER
        b WHOIS a
        b WHO a
        = operators have power
        a OPER root sesame
        b JOIN #tea
        c JOIN #tea
        a KILL c :enough
        a KILL nobody :enough
        b KILL a :no
        a KILL
        = operators change channels
        a OPER root sesame
        b JOIN #tea
        a JOIN #tea
        a MODE #tea +m
        a KICK #tea b :out
        = each change once
        a JOIN #tea
        b JOIN #tea
        a JOIN #coffee
        b JOIN #coffee
        a NICK aa
        a QUIT :bye
        = capabilities
        a CAP LS 302
        a CAP LIST
        a CAP REQ :multi-prefix
        a CAP REQ :no-such-thing
        a CAP LIST
        a CAP END
        a CAP WHAT
        = all prefixes
        a JOIN #tea
        a MODE #tea +v a
        b JOIN #tea
        b NAMES #tea
        b CAP REQ :multi-prefix
        b NAMES #tea
        b WHO #tea
        = long lines
        a JOIN #tea
        b JOIN #tea
        a PRIVMSG #tea :\(String(repeating: "x", count: 400))
        a AWAY :\(String(repeating: "y", count: 400))
        b WHOIS a
        """
}
