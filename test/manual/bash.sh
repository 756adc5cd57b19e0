#!/bin/bash
# bash.sh MANUAL: tests Tab completion in bash with the completions below MANUAL.
set -euo pipefail
manual=${1:?}
faults=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/store"
touch "$work/bytes"

# tab "expected words" WORD...: checks the sorted candidates for the last word.
tab() {
    local expected=$1 found
    shift
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    "_${1//-/_}" "$@" || true
    found=$(printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ' ')
    [[ $found == "$expected" ]] || {
        echo "manual: after '$*' bash offers '$found', not '$expected'" >&2
        faults=$((faults + 1))
    }
}

for file in "$manual"/bash/*; do . "$file"; done

tab 'init' revenant ini
tab 'doctor' revenant do
tab 'serve set-level sign status' revenant s
tab 'loopback usb' revenant --bus ''
tab 'loopback' revenant --bus = l
tab 'loopback usb' revenant --bus =
tab '--kind' revenant new --ki
tab '' revenant unlock --ki
tab '--full' revenant status --fu
tab 'sign status' revenant --json bench --kind '' # the values of this command's option
tab 'tz1 tz4' revenant new --kind ''
tab 'sign' revenant bench --kind = si
tab '--passphrase-env --passphrase-exact --passphrase-fd' revenant unlock --pass
tab '' revenant list --pass
tab '--json' revenant list --js
tab '--listen --listen-address --listen-port' revenant serve --listen
tab '--count' revenant --bus loopback bench --cou
tab '--count' revenant --bus = loopback bench --cou
tab '' revenant unlock ''
tab '' revenant --serial ''
tab "$work/bytes" revenant sign key --file "$work/b"
tab 'run setup teardown' revenant-registrar ''
tab '--serial --serial-file' revenant-registrar setup --ser
tab 'root' revenant-registrar --gadget-user roo
tab 'warning' revenant-liveness --log-level w
tab "$work/store" revenant-gadget --store "$work/" # directories only
tab '--forget-on-crash' revenant-gadget --forg
((faults == 0))
