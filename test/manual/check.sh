#!/bin/bash
# check.sh PROGRAMS MANUAL: checks that the pages and completions below MANUAL match --help of the programs in PROGRAMS,
# that man renders the pages without warnings, and that bash loads its completions. The answers that these are made from
# must not be cut off: on a full disk they fail.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../needs.sh"
needs man col
programs=${1:?} manual=${2:?}
faults=0

wrong() {
    echo "manual: $*" >&2
    faults=$((faults + 1))
}

# rendered PAGE: as plain text with very long lines, so that no word is broken.
rendered() {
    MANWIDTH=1000 MANROFFOPT='-c -rHY=0' LC_ALL=C.UTF-8 man -P cat -l "$1" | col -bx
}

# commands HELP: the names of the commands, which are indented by two.
commands() {
    sed -nE '/^Commands:$/,/^$/s/^  ([a-z-]+).*/\1/p' <<<"$1"
}

for name in revenant revenant-{gadget,liveness,monitor,registrar}; do
    page=("$manual/$name".[18])
    help=$("$programs/$name" --help)
    text=$(rendered "${page[0]}")
    all_help=$help
    for command in $(commands "$help"); do all_help+=$'\n'$("$programs/$name" "$command" --help); done
    mapfile -t options < <(grep -oE -- '^  --[a-z-]+' <<<"$all_help" | tr -d ' ' | sort -u)
    ((${#options[@]} > 5)) || wrong "$name --help lists ${#options[@]} options: too few to be all"
    for option in "${options[@]}"; do
        grep -qE -- "^ +$option( |\$)" <<<"$text" || wrong "$option of $name is not in its page"
        grep -qE -- "[ ']${option}([ ']|\$)" "$manual/bash/$name" || wrong "$option of $name is not in its completion for bash"
        grep -qE -- "'${option}[=[]" "$manual/zsh/_$name" || wrong "$option of $name is not in its completion for zsh"
    done
    for command in $(commands "$help"); do
        grep -qE -- "^ +$command( |\$)" <<<"$text" || wrong "the command $command of $name is not in its page"
        grep -qE -- "[ ']${command}[ ']" "$manual/bash/$name" || wrong "the command $command of $name is not in its completion for bash"
        grep -qE -- "'$command:" "$manual/zsh/_$name" || wrong "the command $command of $name is not in its completion for zsh"
    done
    while read -r code _; do
        grep -qE "^ +$code +[A-Z]" <<<"$text" || wrong "the exit code $code of $name is not in its page"
    done < <(sed -n '/^Exit codes:$/,/^$/s/^  \([0-9]\)/\1/p' <<<"$help")

    for option in --help --version --print-config; do
        code=0
        complaint=$("$programs/$name" "$option" 2>&1 >/dev/full) || code=$?
        [[ $code == 1 && $complaint == "$name: cannot write to standard output: check where it goes" ]] ||
            wrong "$name $option exits with $code on a full disk: $complaint"
    done

    warnings=$(LC_ALL=C.UTF-8 man --warnings -l "${page[0]}" 2>&1 >/dev/null) || true
    [[ ! $warnings ]] || wrong "man complains of ${page[0]}: $warnings"
    bash -n "$manual/bash/$name" || wrong "bash does not parse the completion of $name"
done
((faults == 0))
