#!/bin/bash
# Optional programs of the tests: looked for when a test runs, never when it is built.
# needs.sh TOOL... -- COMMAND...: runs the command if all these programs are installed. Else it says which are missing and
# ends with 77, which ctest counts as skipped. To be sourced too, for its functions.

# Also where ./dev unpacks what Debian would make a service of.
unpacked=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.cache/tools
export PATH=$PATH:/usr/sbin:$unpacked/usr/sbin:$unpacked/usr/bin

# missing_tools TOOL...: prints which of them are not installed and what to do; nothing if all are there.
missing_tools() {
    local tool list=()
    for tool in "$@"; do
        command -v "$tool" >/dev/null || list+=("$tool")
    done
    ((${#list[@]})) || return 0
    printf -v tool '%s, ' "${list[@]}"
    echo "${tool%, } $( ((${#list[@]} > 1)) && echo are || echo is) not installed: run ./dev setup test vm browser"
}

# needs TOOL...: ends the script with 77 if one of them is not installed.
needs() {
    local missing
    missing=$(missing_tools "$@")
    [[ ! $missing ]] || { echo "$missing" >&2 && exit 77; }
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    set -euo pipefail
    tools=()
    while [[ ${1:?} != -- ]]; do tools+=("$1") && shift; done
    shift
    needs "${tools[@]}"
    exec "$@"
fi
