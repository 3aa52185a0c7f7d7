# fish completion for rdtchatd(8)

complete -c rdtchatd -f
complete -c rdtchatd -l host -x -a '127.0.0.1 0.0.0.0 ::1 ::' -d 'The address to serve on'
complete -c rdtchatd -l port -x -d 'The port, for TCP and UDP'
complete -c rdtchatd -l shelf -x -a '(__fish_complete_directories)' -d 'The directory to share'
complete -c rdtchatd -l network -x -d 'The name that clients are told'
complete -c rdtchatd -l motd -r -F -d 'A text that each client is shown'
complete -c rdtchatd -l recovery -x -a 'auto gbn sr' -d 'Which recovery transfers may have'
complete -c rdtchatd -l trace -r -F -d 'Write each step of each transfer'
complete -c rdtchatd -l no-flood-control -d 'Read as fast as clients write'
complete -c rdtchatd -l connections-per-address -x -d 'Connections that one address may have'
complete -c rdtchatd -l history -x -d 'Lines of each channel that are kept'
complete -c rdtchatd -l password -x -d 'A password that clients must give'
complete -c rdtchatd -l operator -x -d 'Who may become an operator'
complete -c rdtchatd -l config -r -F -d 'Read options from a file, too'
complete -c rdtchatd -l utf8-nicks -d 'Allow nicknames in other scripts'
complete -c rdtchatd -l check -d 'Only say whether the configuration is good'
complete -c rdtchatd -n __fish_use_subcommand -a hash-password -d 'Hash a password for --operator'
complete -c rdtchatd -l log-level -x -a 'trace debug info notice warning error critical' \
    -d 'The least important messages to log'
complete -c rdtchatd -l version -d 'Print the version'
complete -c rdtchatd -s h -l help -d 'Print a summary of the options'
