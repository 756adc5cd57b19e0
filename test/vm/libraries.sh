#!/bin/bash
# libraries.sh FILE SYSROOT: prints the shared libraries and the loader of a program, as absolute paths below SYSROOT.
set -euo pipefail

file=${1:?} sysroot=${2:?}
if [[ $sysroot == / ]]; then
    # "name => /path (address)" or "/path (address)"; ldd fails for a static program.
    { ldd "$file" 2>/dev/null || true; } | sed -nE 's/^.* => (\/[^ ]+) .*$/\1/p; s/^\t(\/[^ ]+) .*$/\1/p'
    exit
fi

declare -A seen=()
look_up() {
    local wanted needed path
    wanted=$(readelf -l "$1" | sed -nE 's/.*program interpreter: ([^]]+)\]/\1/p')
    [[ -z $wanted ]] || echo "$wanted"
    for needed in $(readelf -d "$1" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p'); do
        [[ -z ${seen[$needed]:-} ]] || continue
        seen[$needed]=1
        path=$(cd "$sysroot" && find -H lib usr/lib -maxdepth 2 -name "$needed" 2>/dev/null | head -1)
        [[ $path ]] || { echo "vm: library $needed is not below $sysroot" >&2; exit 1; }
        echo "/$path"
        look_up "$sysroot/$path"
    done
}
look_up "$file"
