#!/bin/bash
# kernel.sh ARCH SERIES: prints the directory of an unpacked Debian kernel, downloaded unless cached. ARCH: amd64 or
# arm64. SERIES: "stable" (the release's kernel) or a newer series in the archive, such as 6.12.
# A cached copy is preferred, since old versions leave the archive: delete .cache/kernel to get the newest.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."
. "$here/private_apt.sh"
. "$here/one_at_a_time.sh"

arch=${1:?} series=${2:?}
place=$PWD/.cache/kernel/$arch/$series
one_at_a_time kernel
if [[ ! -e $place/vmlinuz ]]; then
    meta=linux-image-$arch
    [[ $series == stable ]] || meta=linux-image-$series-$arch
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    private_apt "$arch" "$work"
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
    # Some architectures boot the compressed kernel, others need it unpacked.
    gzip -dc unpacked/boot/vmlinuz-* >"$place.new/vmlinuz" 2>/dev/null ||
        mv unpacked/boot/vmlinuz-* "$place.new/vmlinuz"
    basename "${modules[0]}" >"$place.new/version"
    rm -rf "$place"
    mv "$place.new" "$place"
fi
echo "vm: kernel $(cat "$place/version")" >&2
echo "$place"
