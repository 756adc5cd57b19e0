#!/bin/bash
# Optional programs of the tests: checked when a test runs, not when it is built.
# needs.sh TOOL... -- COMMAND...: runs the command if all these programs are installed. Otherwise prints the missing
# ones and exits with 77, which ctest counts as skipped. Can be sourced for its functions.

# Includes the place where ./dev unpacks programs that Debian packages install as a service.
unpacked=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.cache/tools
export PATH=$PATH:/usr/sbin:$unpacked/usr/sbin:$unpacked/usr/bin

# missing_tools TOOL...: prints the programs that are not installed and the remedy; nothing if all are installed.
missing_tools() {
    local tool list=()
    for tool in "$@"; do
        command -v "$tool" >/dev/null || list+=("$tool")
    done
    ((${#list[@]})) || return 0
    printf -v tool '%s, ' "${list[@]}"
    echo "${tool%, } $( ((${#list[@]} > 1)) && echo are || echo is) not installed: run ./dev setup test vm browser"
}

# needs TOOL...: exits with 77 if one of them is not installed.
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
