#!/bin/bash
# Optional programs of the tests: looked for when a test runs, never when it is built.
# needs.sh TOOL... -- COMMAND...: runs the command if all these programs are installed. Else it says which are missing and
# ends with 77, which ctest counts as skipped. To be sourced too, for its functions.

# missing_tools TOOL...: prints which of them are not installed and what to do; nothing if all are there. A program is looked
# for in PATH, then in /usr/sbin.
missing_tools() {
    local tool list=()
    for tool in "$@"; do
        PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || list+=("$tool")
    done
    ((${#list[@]})) || return 0
    printf -v tool '%s, ' "${list[@]}"
    echo "${tool%, } $( ((${#list[@]} > 1)) && echo are || echo is) not installed: run ./dev setup test"
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
