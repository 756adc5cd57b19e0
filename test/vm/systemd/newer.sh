#!/bin/bash
# newer.sh DIRECTORY DEB...: creates the same packages with a higher version in DIRECTORY.
set -euo pipefail

directory=${1:?}
shift
mkdir -p "$directory"
for deb in "$@"; do
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    dpkg-deb --raw-extract "$deb" "$work/root"
    sed -i -E 's/^(Version: .*)$/\1+newer/' "$work/root/DEBIAN/control"
    dpkg-deb -Znone --root-owner-group --build "$work/root" "$directory" >/dev/null
    rm -rf "$work"
done
