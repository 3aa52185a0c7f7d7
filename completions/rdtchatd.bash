# bash completion for rdtchatd(8)

_rdtchatd() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=
    [ "$COMP_CWORD" -eq 0 ] || previous=${COMP_WORDS[COMP_CWORD - 1]}
    local options='--host --port --shelf --network --motd --recovery --trace --no-flood-control --log-level
        --connections-per-address --history --password --operator --utf8-nicks --config --check --version --help hash-password'
    local levels='trace debug info notice warning error critical'

    COMPREPLY=()
    case $previous in
        --host) mapfile -t COMPREPLY < <(compgen -W '127.0.0.1 0.0.0.0 ::1 ::' -- "$current") ;;
        --port | --network | --connections-per-address | --history | --password | --operator) return ;;
        --shelf) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
        --motd | --trace | --config) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        --recovery) mapfile -t COMPREPLY < <(compgen -W 'auto gbn sr' -- "$current") ;;
        --log-level) mapfile -t COMPREPLY < <(compgen -W "$levels" -- "$current") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current") ;;
    esac
}
complete -o filenames -F _rdtchatd rdtchatd
