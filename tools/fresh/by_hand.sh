#!/bin/bash
# by_hand.sh: runs the commands of the README's section "By hand" on a terminal. The tree must be built. Succeeds if the
# last table of keys shows an unlocked key.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

die() {
    echo "by hand: $*" >&2
    exit 1
}

awk '/^## / { section = ($0 == "## By hand") }
    /^```/ { if (block) exit; block = section; next }
    block' README.md >"$work/block"
[[ -s $work/block ]] || die "README.md has no section 'By hand' with a block of commands"

# typist: prints an answer to each prompt on the terminal, as a user would type it.
typist() {
    local answered=0 prompts
    while sleep 0.2; do
        prompts=$(grep -oE '(P|p)assphrase: |Which to ' "$work/shown" || true)
        while read -r prompt; do
            if [[ $prompt == Which* ]]; then echo all; else echo 'correct horse battery staple'; fi
        done < <(tail -n +$((answered + 1)) <<<"$prompts" | grep .)
        answered=$(grep -c . <<<"$prompts" || true)
    done
}

: >"$work/shown"
exec {keyboard}< <(typist)
typist=$!
code=0
timeout 900 script --quiet --return --flush --command "bash -e '$work/block'" "$work/shown" <&"$keyboard" || code=$?
kill "$typist" 2>/dev/null || true
((code == 0)) || die "the block failed with $code: see its output above"
# In the last table of keys.
awk '/^KEY / { found = 0 } / unlocked / { found = 1 } END { exit !found }' "$work/shown" ||
    die "the last command shows no unlocked key: see its output above"
echo "by hand: the last command shows an unlocked key"
