#!/bin/bash
# kernel.sh ARCH SERIES: the directory of an unpacked Debian kernel, fetched if it is not in the cache. ARCH: amd64 or
# arm64. SERIES: "stable" (the release's own) or a newer one that the archive has, such as 6.12.
# A cached copy wins, since old versions leave the archive: delete .cache/kernel to have the newest.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

arch=${1:?} series=${2:?}
place=$PWD/.cache/kernel/$arch/$series
if [[ ! -e $place/vmlinuz ]]; then
    meta=linux-image-$arch
    [[ $series == stable ]] || meta=linux-image-$series-$arch
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    # Package lists of its own: this machine's may be old or not there, and are of one architecture.
    mkdir -p state/lists/partial cache/archives/partial
    chmod 755 "$work" # apt downloads as another user
    apt=(apt-get -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State="$work/state"
        -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache" -o Debug::NoLocking=1)
    "${apt[@]}" update -q >&2
    cache=(apt-cache "${apt[@]:1}")
    image=$("${cache[@]}" depends "$meta" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -1)
    if [[ -z $image ]]; then
        echo "vm: the package archive has no $meta: choose another kernel series, or run 'apt-get update'" >&2
        exit 1
    fi
    "${apt[@]}" download -q "$image" >&2
    dpkg-deb -x ./*.deb unpacked
    modules=(unpacked/lib/modules/*)
    [[ -d ${modules[0]} ]] || modules=(unpacked/usr/lib/modules/*)
    mkdir -p "$place.new"
    mv "${modules[0]}" "$place.new/modules"
    mv unpacked/boot/vmlinuz-* "$place.new/vmlinuz"
    basename "${modules[0]}" >"$place.new/version"
    rm -rf "$place"
    mv "$place.new" "$place"
fi
echo "vm: kernel $(cat "$place/version")" >&2
echo "$place"
