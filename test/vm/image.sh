#!/bin/bash
# image.sh OUT KERNEL SYSROOT FILE...: creates an initramfs with busybox, the modules for both ends of a USB cable in
# one machine, and the files at their paths, with their libraries. KERNEL: output of kernel.sh. SYSROOT: / or the
# sysroot of another architecture.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
out=${1:?} kernel=${2:?} sysroot=${3:?}
shift 3
root=$(mktemp -d)
chmod 755 "$root"
trap 'rm -rf "$root"' EXIT

# put FILE [WHERE]: adds it with its libraries.
put() {
    local file=$1 where=${2:-$1}
    mkdir -p "$root/$(dirname "$where")"
    cp -L "$file" "$root/$where"
    libraries "$file"
}

libraries() {
    local library list
    list=$("$here/libraries.sh" "$1" "$sysroot")
    for library in $list; do
        [[ -e $root/$library ]] && continue
        mkdir -p "$root/$(dirname "$library")"
        cp -L "$sysroot/$library" "$root/$library"
    done
}

# Merged /usr, as installed. Debian 13's udev reads rules below /usr/lib, not below /lib.
mkdir -p "$root"/{etc,modules,proc,sys,dev,run,tmp,var/lib,root} "$root"/usr/{bin,sbin,lib/udev/rules.d}
ln -s usr/bin usr/sbin usr/lib "$root"
"$here/modules.sh" "$kernel" --into "$root/modules" virtio_pci virtio_blk virtio_mmio crc32c_generic ext4 \
    usb-common usbcore configfs udc-core libcomposite usb_f_fs usb_f_acm dummy_hcd
cp "$here/init" "$root/init"
cp "$here/passwd" "$here/group" "$root/etc/"
cp "$here/../../units/host/60-revenant.rules" "$root/usr/lib/udev/rules.d/"
put "$sysroot/bin/busybox" /bin/busybox
put "$sysroot/usr/bin/setpriv" /usr/bin/setpriv
put "$sysroot/lib/systemd/systemd-udevd" /lib/systemd/systemd-udevd
put "$sysroot/bin/udevadm" /bin/udevadm
for file in "$@"; do
    if [[ -d $file ]]; then
        mkdir -p "$root/$file"
        cp -r "$file/." "$root/$file/"
    else
        put "$file"
    fi
done
(cd "$root" && find . -print0 | cpio --null --quiet -o -H newc) | zstd -q -1 >"$out"
