# bash completion for rdtchat(1)

# The server that a verb is told: the first word behind it that is neither an option nor its value.
_rdtchat_server() {
    local index word
    for ((index = 2; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        case $word in
            --output-dir | --progress | --recovery) index=$((index + 1)) ;;
            -*) ;;
            *)
                # A colon parts words here, but not in HOST:PORT.
                [ "${COMP_WORDS[index + 1]-}" != : ] || word+=:${COMP_WORDS[index + 2]-}
                printf '%s\n' "$word"
                return
                ;;
        esac
    done
}

# Lines that begin with $1; a server that takes more than 0.2 s is not waited for.
_rdtchat_remote() {
    local line beginning=$1
    shift
    while IFS= read -r line; do
        [[ $line != "$beginning"* ]] || COMPREPLY+=("$line")
    done < <(timeout 0.2 rdtchat "$@" 2>/dev/null </dev/null)
}

_rdtchat_verb() {
    local current=$1 previous=$2 verb=${COMP_WORDS[1]} server
    case $previous in
        --output-dir) mapfile -t COMPREPLY < <(compgen -d -- "$current") && return ;;
        --progress) mapfile -t COMPREPLY < <(compgen -W 'auto line json none' -- "$current") && return ;;
        --recovery) mapfile -t COMPREPLY < <(compgen -W 'auto gbn sr' -- "$current") && return ;;
    esac
    server=$(_rdtchat_server)
    if [[ $current == -* ]]; then
        local options='--json --help'
        [ "$verb" != get ] || options+=' --output-dir --force --progress --recovery'
        [ "$verb" != ls ] || options+=' --long'
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    elif [ -z "$server" ]; then
        mapfile -t COMPREPLY < <(compgen -A hostname -- "$current")
    elif [ "$verb" != who ]; then
        _rdtchat_remote "${current//\\/}" ls "$server"
    fi
}

_rdtchat() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=
    [ "$COMP_CWORD" -eq 0 ] || previous=${COMP_WORDS[COMP_CWORD - 1]}
    local commands='/msg /reply /me /query /ignore /recall /resend /nicknames /whois /nick /away /back /join
        /part /rooms /topic /files /download /transfers /why /wait /pause /resume /cancel /set /alias /help /quit nicknames
        files download wait-for sleep print assert'
    local options='--nick --output-dir -c -f --keep-going --json --plain --progress --reconnect --recovery --trace --version --help'

    COMPREPLY=()
    case ${COMP_WORDS[1]} in
        get | ls | who)
            if [ "$COMP_CWORD" -gt 1 ]; then
                _rdtchat_verb "$current" "$previous"
                return
            fi
            ;;
    esac
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
        -c)
            case ${current#[\"\']} in
                '/msg '* | '/whois '* | '/query '* | '/ignore '* | 'to '*)
                    # Nicknames of the server on this machine, which is the one when none is named.
                    _rdtchat_remote "${current##* }" who 127.0.0.1
                    ;;
                *) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current") ;;
            esac
            ;;
        --progress) mapfile -t COMPREPLY < <(compgen -W 'auto line json none' -- "$current") ;;
        --recovery) mapfile -t COMPREPLY < <(compgen -W 'auto gbn sr' -- "$current") ;;
        *)
            if [[ $current == -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
            else
                mapfile -t COMPREPLY < <(compgen -A hostname -- "$current")
                if [ "$COMP_CWORD" -eq 1 ]; then
                    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W 'get ls who trace' -- "$current")
                fi
            fi
            ;;
    esac
}
complete -o filenames -F _rdtchat rdtchat
