#!/bin/bash
# packages.sh ARCH STATUS DIRECTORY DEB...: creates an apt archive in DIRECTORY with the dependencies of these packages
# that the dpkg status file STATUS does not have, for a machine without a network. Cached.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../../.."
. "$here/../private_apt.sh"
. "$here/../one_at_a_time.sh"

arch=${1:?} status=${2:?} directory=${3:?}
shift 3
wanted=$(for deb in "$@"; do dpkg-deb --field "$deb" Package Pre-Depends Depends Recommends; done)
key=$({ cat "$status" && echo "$wanted"; } | sha256sum | cut -c1-12)
place=$PWD/.cache/debian/archive-$arch-$key
one_at_a_time archive
if [[ ! -e $place ]]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    private_apt "$arch" "$work"
    mkdir -p "$work/own" "$place.new"
    cp "$@" "$work/own/"
    "${apt[@]}" -o Dir::State::status="$status" install -qy --no-install-recommends --download-only "$work"/own/*.deb \
        >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        echo "vm: what the packages need cannot be fetched: see apt-get's message above" >&2
        exit 1
    }
    for deb in "$work"/cache/archives/*.deb; do
        [[ -e $deb ]] || continue
        cp "$deb" "$place.new/"
        dpkg-deb --field "$deb"
        echo "Filename: ./$(basename "$deb")"
        echo "Size: $(stat -c %s "$deb")"
        echo "SHA256: $(sha256sum "$deb" | cut -d' ' -f1)"
        echo
    done >"$place.new/Packages"
    mv "$place.new" "$place"
fi
mkdir -p "$directory"
cp "$place"/* "$directory/"
