#!/bin/bash
# check.sh ARCH: checks the packages that ./dev package built for ARCH, without installing them. Prints all errors.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
arch=${1:?}
device_limit_kib=6144 # maximum installed size of revenant-device
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
faults=0

wrong() {
    echo "package: $*" >&2
    faults=$((faults + 1))
}

version=$(sed -n 's/^project(revenant VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)

# open_package NAME: unpacks it to $work/NAME and its control files to $work/NAME/DEBIAN.
open_package() {
    local name=$1 file=build/packages/$1_${version}_$arch.deb
    [[ -e $file ]] || {
        echo "package: there is no $file: run ./dev package --arch $arch" >&2
        exit 1
    }
    dpkg-deb -R "$file" "$work/$name"
    root=$work/$name
    [[ $(dpkg-deb -f "$file" Version) == "$version" ]] || wrong "$file is not of version $version"
    [[ $(dpkg-deb -f "$file" Architecture) == "$arch" ]] || wrong "$file is not for $arch"
}

# has PATH MODE: in the open package.
has() {
    local found
    found=$(stat -c %a "$root$1" 2>/dev/null) || { wrong "$(basename "$root") lacks $1" && return; }
    [[ $found == "$2" ]] || wrong "$1 has the mode $found, not $2"
}

depends() { # on each of these packages
    local name
    for name in "$@"; do
        grep -qE "^Depends:.*[ ,]$name([ ,(]|\$)" "$root/DEBIAN/control" || wrong "$(basename "$root") does not depend on $name"
    done
}

scripts() { # these maintainer scripts exist; all parse
    local name
    for name in "$@"; do
        has "/DEBIAN/$name" 755
        sh -n "$root/DEBIAN/$name" || wrong "$(basename "$root")'s $name does not parse"
        ! grep -q '#DEBHELPER#' "$root/DEBIAN/$name" || wrong "$(basename "$root")'s $name was not filled in"
    done
}

conffiles() {
    diff <(printf '%s\n' "$@" | sort) <(sort "$root/DEBIAN/conffiles") >&2 || wrong "conffiles of $(basename "$root") differ"
}

intact() {
    (cd "$root" && md5sum --quiet -c DEBIAN/md5sums) || wrong "md5sums of $(basename "$root") differ from its files"
    # Each file except conffiles must be listed.
    diff <(cd "$root" && find . -type f ! -path './DEBIAN/*' ! -path './etc/*' | sed 's|^\./||' | sort) \
        <(sed 's/^[0-9a-f]*  //' "$root/DEBIAN/md5sums" | sort) >&2 || wrong "md5sums of $(basename "$root") are not of all files"
    ! grep -rnE '@[a-z]+@' "$root/usr/lib/systemd" || wrong "a unit of $(basename "$root") has a placeholder left"
    ! find "$root" ! -type l -perm /022 | grep . || wrong "$(basename "$root") has files that others may write"
    ! grep -rlF "$PWD" "$root/usr" || wrong "$(basename "$root") names the directory where it was built"
}

# program NAME SECTION: with manual page and completions, stripped, right architecture.
program() {
    local name=$1
    has "/usr/bin/$name" 755
    has "/usr/share/man/man$2/$name.$2.gz" 644
    has "/usr/share/bash-completion/completions/$name" 644
    has "/usr/share/zsh/vendor-completions/_$name" 644
    ! readelf -S "$root/usr/bin/$name" | grep -q '\.symtab' || wrong "$name is not stripped"
    case $arch:$(readelf -h "$root/usr/bin/$name" | sed -n 's/^ *Machine: *//p') in
        amd64:*X86-64 | arm64:AArch64) ;;
        *) wrong "$name is of another machine than $arch" ;;
    esac
}

# restarted UNIT: restarted after an upgrade, stopped only at removal.
restarted() {
    grep -qF "deb-systemd-invoke \$_dh_action '$1' " "$root/DEBIAN/postinst" || wrong "an upgrade does not restart $1 by itself"
    grep -qF "deb-systemd-invoke stop '$1' " "$root/DEBIAN/prerm" || wrong "a removal does not stop $1"
}

open_package revenant-device
for name in revenant-registrar revenant-gadget revenant-liveness; do program $name 8; done
for unit in revenant-usb-setup.service revenant-{registrar,gadget,liveness}.service revenant.target; do
    has "/usr/lib/systemd/system/$unit" 644
    grep -qF "deb-systemd-helper enable '$unit'" "$root/DEBIAN/postinst" || wrong "$unit is not enabled"
done
has /usr/lib/sysusers.d/revenant-device.conf 644
has /usr/lib/tmpfiles.d/revenant-device.conf 644
has /usr/share/doc/revenant-device/operator.md 644
has /usr/share/doc/revenant-device/copyright 644
conffiles /etc/revenant/{registrar,gadget,liveness}.conf
depends libc6 libsodium23 libsystemd0
! grep -qE '^Depends:.*libssl' "$root/DEBIAN/control" || wrong "a program on the board is linked with OpenSSL"
scripts postinst prerm postrm
for name in registrar gadget liveness; do restarted "revenant-$name.service"; done
! grep -E "_dh_action '(revenant-usb-setup|revenant.target)" "$root/DEBIAN/postinst" || wrong "an upgrade makes the USB function anew"
[[ ! -e $root/DEBIAN/preinst ]] || wrong "something runs before an upgrade is unpacked: it must not stop the gadget"
! grep -E 'rm .*/var/lib/revenant' "$root/DEBIAN/postrm" | grep -v echo || wrong "a purge deletes keys"
intact
rm -rf "$root/DEBIAN"
kib=$(du -sk "$root" | cut -f 1)
((kib <= device_limit_kib)) || wrong "revenant-device takes $kib KiB, more than $device_limit_kib: make it smaller"

open_package revenant-host
program revenant 1
program revenant-monitor 8
for unit in revenant-signer@.service revenant-monitor.service wait-for-chrony.service; do has "/usr/lib/systemd/system/$unit" 644; done
has /usr/lib/udev/rules.d/60-revenant.rules 644
has /usr/lib/sysusers.d/revenant-host.conf 644
has /usr/libexec/revenant/wait-for-chrony 755
for page in baker boards migrating monitor monitoring operator security troubleshooting; do has "/usr/share/doc/revenant-host/$page.md" 644; done
conffiles /etc/revenant/{host,monitor}.conf
depends libc6 libsodium23 'libssl3(t64)?' libusb-1.0-0 'libutf8proc[23]' libzmq5
for file in alerts.yml alerts_test.yml grafana.json prometheus.yml; do has "/usr/share/doc/revenant-host/monitoring/$file" 644; done
scripts postinst prerm postrm
restarted revenant-monitor.service
grep -qF "deb-systemd-helper enable 'wait-for-chrony.service'" "$root/DEBIAN/postinst" || wrong "wait-for-chrony.service is not enabled"
! grep -qF "deb-systemd-helper enable 'revenant-signer@" "$root/DEBIAN/postinst" || wrong "the template of a signer is enabled"
intact

((faults == 0)) || exit 1
echo "package: $arch packages are as they should be; revenant-device takes $kib KiB installed"
