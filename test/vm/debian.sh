#!/bin/bash
# debian.sh ARCH: creates an ext4 root file system of a small Debian with systemd, of this machine's release, and
# IMAGE.status, its dpkg status file. Cached by release, architecture and package list: delete .cache/debian to get the
# newest packages.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."
. "$here/private_apt.sh"
. "$here/one_at_a_time.sh"

arch=${1:?}
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# In addition to essential packages and apt: systemd, board packages, chrony, and socat to probe sockets.
packages=systemd-sysv,udev,kmod,procps,chrony,socat
size=1G # sparse

die() {
    echo "vm: $*" >&2
    exit 1
}

# foreign: true if the architecture needs emulation; fails if that is not possible.
foreign() {
    [[ $arch != "$(dpkg --print-architecture)" ]] || return 1
    command -v qemu-aarch64-static >/dev/null || die "a Debian for $arch needs qemu-user-static: run './dev setup $arch'"
    local formats=/proc/sys/fs/binfmt_misc
    [[ -e $formats/register ]] || mount -t binfmt_misc binfmt_misc $formats 2>/dev/null ||
        die "a Debian for $arch needs binfmt_misc, which this kernel does not have or only root may mount: load the module"
    # Flag "F": opened by the kernel once, so that it need not be in the image.
    [[ -e $formats/qemu-aarch64 ]] || update-binfmts --enable qemu-aarch64 >&2 ||
        die "the kernel does not take qemu-aarch64 as the interpreter of $arch programs: see update-binfmts above"
}

# unpacked TAR STATUS IMAGE: converts the archive; as root, or as root of a user namespace.
# shellcheck disable=SC2016 # expanded by the inner shell
unpacked='set -e
    root=$(mktemp -d)
    trap "rm -rf $root" EXIT
    tar -C "$root" --numeric-owner --exclude="./dev/*" -xf "$1"
    cp "$root/var/lib/dpkg/status" "$2"
    # An empty machine-id would make each boot a first boot.
    od -An -N16 -tx1 /dev/urandom | tr -d " \n" >"$root/etc/machine-id"
    mke2fs -q -t ext4 -E root_owner=0:0 -d "$root" "$3" "$4"'

key=$(printf '%s' "$release $packages $size $unpacked" | sha256sum | cut -c1-12)
place=$PWD/.cache/debian/$release-$arch-$key.ext4
one_at_a_time debian
if [[ ! -e $place ]]; then
    begin=$SECONDS
    mkdir -p "$(dirname "$place")"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    private_apt "$arch" "$work"
    cache=(apt-get "${apt[@]:1}")
    # This machine's Debian sources of this release.
    "${cache[@]}" indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT) | $(LABEL)' 'Created-By: Packages' |
        sed -nE "s/^(deb [^ ]+ $release(-updates|-security)? main) \| Debian.*$/\1/p" >"$work/sources"
    [[ -s $work/sources ]] || die "apt's sources name no Debian $release: add them to /etc/apt/sources.list.d"
    ! foreign || echo "vm: $arch is emulated while its Debian is made" >&2
    as_root=() mode=root
    if ((EUID != 0)); then
        as_root=(unshare --map-root-user --map-auto) mode=unshare
    fi
    mmdebstrap --quiet --mode=$mode --architectures="$arch" --variant=apt --include="$packages" \
        --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' "$release" "$work/root.tar" - <"$work/sources" >&2 ||
        die "the small Debian cannot be made: see mmdebstrap's message above"
    "${as_root[@]}" bash -c "$unpacked" - "$work/root.tar" "$work/status" "$place.new" "$size" >&2
    mv "$work/status" "$place.status"
    mv "$place.new" "$place"
    echo "vm: Debian $release for $arch made in $((SECONDS - begin)) s" >&2
fi
echo "$place"
