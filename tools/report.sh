# Messages of ./dev to the user. Source this file.

say() {
    echo "dev: $*" >&2
}

die() {
    say "$*"
    exit 1
}

log_file() {
    mkdir -p build/logs
    echo "build/logs/$1.log"
}

# progress TEXT: one line that the next one replaces; on a terminal only.
progress() {
    [[ ! -t 2 ]] || printf '\r\033[Kdev: %s' "$*" >&2
}

progress_end() {
    [[ ! -t 2 ]] || printf '\r\033[K' >&2
}

# took SECONDS: a readable duration.
took() {
    if (($1 < 60)); then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi
}
