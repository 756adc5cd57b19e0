#!/bin/bash
# image.sh OUT KERNEL SYSROOT DIRECTORY: creates an initramfs that boots the machine's second disk and copies the
# modules of a USB cable and the files below DIRECTORY to it. KERNEL: output of kernel.sh. SYSROOT: as in ../image.sh.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

out=${1:?} kernel=${2:?} sysroot=${3:?} directory=${4:?}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

mkdir -p "$root"/{bin,modules,proc,sys,dev,root,sent}
cp "$here/init" "$root/init"
cp "$sysroot/bin/busybox" "$root/bin/"
"$here/../modules.sh" "$kernel" --into "$root/modules" virtio_pci virtio_blk virtio_mmio crc32c_generic ext4

# The whole module tree, as on a board, to load modules by name.
version=$(<"$kernel/version")
modules=$root/sent/usr/lib/modules/$version
files=$("$here/../modules.sh" "$kernel" libcomposite usb_f_fs dummy_hcd autofs4 efivarfs)
for file in $files; do
    place=$modules/${file#"$kernel/modules/"}
    mkdir -p "$(dirname "$place")"
    cp "$file" "$place"
done
cp "$kernel"/modules/modules.{order,builtin,builtin.modinfo} "$modules/"
depmod -b "$root/sent/usr" "$version"
cp -a "$directory/." "$root/sent/"
(cd "$root" && find . -print0 | cpio --null --quiet -o -H newc -R 0:0) | zstd -q -1 >"$out"
