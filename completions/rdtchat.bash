# bash completion for rdtchat(1)

_rdtchat() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=
    [ "$COMP_CWORD" -eq 0 ] || previous=${COMP_WORDS[COMP_CWORD - 1]}
    local commands='/msg /reply /me /query /ignore /recall /resend /nicknames /whois /nick /away /back /join
        /part /rooms /topic /files /download /transfers /why /wait /cancel /set /alias /help /quit nicknames
        files download wait-for sleep print assert'
    local options='--nick --output-dir -c -f --keep-going --json --plain --progress --recovery --trace --version --help'

    COMPREPLY=()
    if [ "$COMP_CWORD" -gt 1 ] && [ "${COMP_WORDS[1]}" = trace ]; then
        if [ "$previous" = --transfer ]; then
            return
        elif [[ $current == -?* || $current == - ]] && [ "$previous" != --svg ]; then
            mapfile -t COMPREPLY < <(compgen -W '--svg --transfer --list --help' -- "$current")
        else
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
        fi
        return
    fi
    case $previous in
        --nick) return ;;
        --output-dir) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
        -f | --trace) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        -c) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current") ;;
        --progress) mapfile -t COMPREPLY < <(compgen -W 'auto line json none' -- "$current") ;;
        --recovery) mapfile -t COMPREPLY < <(compgen -W 'auto gbn sr' -- "$current") ;;
        *)
            if [[ $current == -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
            else
                mapfile -t COMPREPLY < <(compgen -A hostname -- "$current")
                if [ "$COMP_CWORD" -eq 1 ] && [[ trace == "$current"* ]]; then COMPREPLY+=(trace); fi
            fi
            ;;
    esac
}
complete -o filenames -F _rdtchat rdtchat
