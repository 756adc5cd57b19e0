#!/bin/bash
# modules.sh KERNEL [--into DIRECTORY] NAME...: prints the files of these kernel modules below KERNEL/modules in
# dependency order; built-in modules have none. --into: unpacks them there and writes their names in this order to
# DIRECTORY/order. KERNEL: output of kernel.sh.
set -euo pipefail

kernel=${1:?} into=''
shift
[[ $1 != --into ]] || { into=${2:?} && shift 2; }
declare -A seen=()

look_up() {
    local name=${1//-/_} file needed
    [[ -z ${seen[$name]:-} ]] || return 0
    seen[$name]=1
    file=$(find "$kernel/modules/kernel" -name "${name//_/[-_]}.ko*" | head -1)
    [[ $file ]] || return 0
    for needed in $(modinfo -F depends "$file" | tr , ' '); do look_up "$needed"; done
    if [[ $into ]]; then unpack "$file" "$name"; else echo "$file"; fi
}

unpack() {
    case $1 in
        *.xz) xz -dc "$1" ;;
        *.zst) zstd -qdc "$1" ;;
        *) cat "$1" ;;
    esac >"$into/$2.ko"
    echo "$2" >>"$into/order"
}

for name in "$@"; do look_up "$name"; done
