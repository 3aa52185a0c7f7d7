# fish completion for rdtchat(1)

set -l commands /msg /reply /me /query /ignore /recall /resend /nicknames /whois /nick /away /back /join /part \
    /rooms /topic /files /download /transfers /why /wait /pause /resume /cancel /set /alias /help /connect /quit nicknames files \
    download wait-for sleep print assert

complete -c rdtchat -f -n 'not __fish_seen_subcommand_from trace get ls who' -a '(__fish_print_hostnames)'
complete -c rdtchat -f -n 'test (count (commandline -opc)) -eq 1' -a trace -d 'Draw what --trace wrote'
complete -c rdtchat -f -n 'test (count (commandline -opc)) -eq 1' -a get -d 'Fetch files'
complete -c rdtchat -f -n 'test (count (commandline -opc)) -eq 1' -a ls -d 'List the files'
complete -c rdtchat -f -n 'test (count (commandline -opc)) -eq 1' -a who -d 'Who is in a room'
# The server is asked, and not waited for longer than 0.2 s.
function __rdtchat_files
    set -l words (commandline -opc)
    for word in $words[3..]
        string match -q -- '-*' $word; and continue
        timeout 0.2 rdtchat ls $word 2>/dev/null </dev/null
        return
    end
    __fish_print_hostnames
end
complete -c rdtchat -f -n '__fish_seen_subcommand_from get ls' -a '(__rdtchat_files)'
complete -c rdtchat -f -n '__fish_seen_subcommand_from who' -a '(__fish_print_hostnames)'
complete -c rdtchat -n '__fish_seen_subcommand_from get' -l force -d 'Replace files that are there'
complete -c rdtchat -n '__fish_seen_subcommand_from ls' -s l -l long -d 'With size and time'
complete -c rdtchat -n '__fish_seen_subcommand_from trace' -F
complete -c rdtchat -n '__fish_seen_subcommand_from trace' -l svg -r -F -d 'Write the drawing as SVG'
complete -c rdtchat -n '__fish_seen_subcommand_from trace' -l transfer -x -d 'Which transfer of several'
complete -c rdtchat -n '__fish_seen_subcommand_from trace' -l list -d 'List the transfers'
complete -c rdtchat -l nick -x -d 'Your nickname'
complete -c rdtchat -l output-dir -x -a '(__fish_complete_directories)' -d 'Where downloads go'
# The server that the command line names, or this machine, which is the one when none is named.
function __rdtchat_server
    set -l current (commandline -ct)
    set -l skip 0
    for word in (commandline -op)[2..]
        if test $skip -eq 1
            set skip 0
            continue
        end
        switch $word
            case --nick --output-dir -c -f --progress --reconnect --recovery --trace
                set skip 1
            case '-*' $current ''
            case '*'
                printf '%s\n' $word
                return
        end
    end
    printf '127.0.0.1\n'
end
# Behind some commands stands a nickname or a file of the server.
function __rdtchat_command_with_name
    set -l word (commandline -ct | string trim -l -c '"\'' | string unescape)
    set -l verb who
    set -l head (string match -r '^(?:/msg|/whois|/query|/ignore|to) ' -- $word)
    or begin
        set verb ls
        set head (string match -r '^(?:/?download|/?files) ' -- $word)
    end
    or return
    for name in (timeout 0.2 rdtchat $verb (__rdtchat_server) 2>/dev/null </dev/null)
        printf '%s\n' $head$name
    end
end
complete -c rdtchat -s c -x -a "$commands" -d 'Run a command'
complete -c rdtchat -s c -x -a '(__rdtchat_command_with_name)'
complete -c rdtchat -s f -r -F -d 'Run the commands in a file'
complete -c rdtchat -l keep-going -d 'Go on after a command that failed'
complete -c rdtchat -l json -d 'Print one JSON object a line'
complete -c rdtchat -l plain -d 'Lines only, for screen readers'
complete -c rdtchat -l progress -x -a 'auto line json none' -d 'How progress is shown'
complete -c rdtchat -l reconnect -x -d 'Seconds that a lost connection is tried for again'
complete -c rdtchat -l recovery -x -a 'auto gbn sr' -d 'How lost datagrams are made good'
complete -c rdtchat -l trace -r -F -d 'Write each step of each transfer'
complete -c rdtchat -l version -d 'Print the version'
complete -c rdtchat -s h -l help -d 'Print a summary of the options'
