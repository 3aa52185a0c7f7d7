# bash completion for rdtchat(1)

# The server that the command line names: the first word from $1 on that is neither an option nor its value.
_rdtchat_server() {
    local index word
    for ((index = $1; index < ${#COMP_WORDS[@]}; index++)); do
        word=${COMP_WORDS[index]}
        [ "$index" -ne "$COMP_CWORD" ] || continue
        case $word in
            --nick | --output-dir | -c | -f | --progress | --reconnect | --recovery | --trace) index=$((index + 1)) ;;
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

# What a word that is being typed says: without the mark that opens it, or without backslashes.
_rdtchat_plain() {
    case $1 in
        [\"\']*) printf '%s\n' "${1#?}" ;;
        *) printf '%s\n' "${1//\\/}" ;;
    esac
}

# Lines that begin with $2, behind $1, of what is in directories the next level; a server that takes more than 0.2 s is not
# waited for.
_rdtchat_remote() {
    local line rest last='' head=$1 beginning=$2
    shift 2
    while IFS= read -r line; do
        [[ $line == "$beginning"* ]] || continue
        rest=${line#"$beginning"}
        [[ $rest != */* ]] || line=$beginning${rest%%/*}/
        [ "$line" != "$last" ] || continue
        last=$line
        COMPREPLY+=("$head$line")
    done < <(timeout 0.2 rdtchat "$@" 2>/dev/null </dev/null)
    # Behind a directory the name goes on.
    [[ ${#COMPREPLY[@]} -ne 1 || $last != */ ]] || compopt -o nospace
}

# The word behind -c: a command, and behind some a nickname or a file of the server, of this machine when none is named.
_rdtchat_command() {
    local word=$1 server head
    server=$(_rdtchat_server 1)
    case $word in
        '/msg '* | '/whois '* | '/query '* | '/ignore '* | 'to '*)
            head=${word%"${word##* }"}
            _rdtchat_remote "$head" "${word#"$head"}" who "${server:-127.0.0.1}"
            ;;
        '/download '* | 'download '* | '/files '* | 'files '*)
            # A name with blanks is found by its beginning, and needs no marks when it is the only one.
            head=${word%% *}' '
            _rdtchat_remote "$head" "${word#"$head"}" ls "${server:-127.0.0.1}"
            ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$2" -- "$word") ;;
    esac
}

_rdtchat_verb() {
    local current=$1 previous=$2 verb=${COMP_WORDS[1]} server
    case $previous in
        --output-dir) mapfile -t COMPREPLY < <(compgen -d -- "$current") && return ;;
        --progress) mapfile -t COMPREPLY < <(compgen -W 'auto line json none' -- "$current") && return ;;
        --recovery) mapfile -t COMPREPLY < <(compgen -W 'auto gbn sr' -- "$current") && return ;;
    esac
    server=$(_rdtchat_server 2)
    if [[ $current == -* ]]; then
        local options='--json --help'
        [ "$verb" != get ] || options+=' --output-dir --force --progress --recovery'
        [ "$verb" != ls ] || options+=' --long'
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    elif [ -z "$server" ]; then
        mapfile -t COMPREPLY < <(compgen -A hostname -- "$current")
    elif [ "$verb" != who ]; then
        _rdtchat_remote '' "$(_rdtchat_plain "$current")" ls "$server"
    fi
}

_rdtchat() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=
    [ "$COMP_CWORD" -eq 0 ] || previous=${COMP_WORDS[COMP_CWORD - 1]}
    local commands='/msg /reply /me /query /ignore /recall /resend /nicknames /whois /nick /away /back /join
        /part /rooms /topic /files /download /transfers /why /wait /pause /resume /cancel /set /alias /help /connect /quit nicknames
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
        -c) _rdtchat_command "$(_rdtchat_plain "$current")" "$commands" ;;
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
