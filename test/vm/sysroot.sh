#!/bin/bash
# sysroot.sh ARCH PACKAGE...: creates build/vm/sysroot-ARCH from these packages of this Debian release, their
# dependencies and the programs of the image. Does nothing if it exists with the same packages. admin/ has the dpkg
# database for dpkg-shlibdeps.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."
. "$here/private_apt.sh"

arch=${1:?}
shift
packages=("$@" busybox-static udev util-linux)
place=$PWD/build/vm/sysroot-$arch
[[ $(cat "$place/packages" 2>/dev/null) != "${packages[*]}" || ! -e $place/admin/status ]] || exit 0

die() {
    echo "vm: $*" >&2
    exit 1
}

mkdir -p build/vm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
private_apt "$arch" "$work" || die "no package lists for $arch: see apt-get's message above"
"${apt[@]}" install -qy --no-install-recommends --download-only "${packages[@]}" >"$work/log" 2>&1 || {
    tail -20 "$work/log" >&2
    die "the $arch packages of the sysroot cannot be fetched: see apt-get's message above"
}
rm -rf "$place" "$place.new"
admin=$place.new/admin
mkdir -p "$admin/info" "$admin/updates" "$admin/triggers"
echo 1 >"$admin/info/format"
echo "$arch" >"$admin/arch"

# record DEB: writes the dpkg database entry of the package. Paths with /lib merged into /usr/lib.
record() {
    local deb=$1 name control=$work/control
    name=$(dpkg-deb -f "$deb" Package)
    [[ $(dpkg-deb -f "$deb" Multi-Arch) != same ]] || name+=:$arch
    rm -rf "$control"
    dpkg-deb -e "$deb" "$control"
    for kind in symbols shlibs; do
        [[ ! -e $control/$kind ]] || cp "$control/$kind" "$admin/info/$name.$kind"
    done
    dpkg-deb --fsys-tarfile "$deb" | tar -t | sed -E 's|^\.||; s|/$||; s#^/(s?bin|lib)(/|$)#/usr/\1\2#; s|^$|/.|' >"$admin/info/$name.list"
    { dpkg-deb -f "$deb" && printf 'Status: install ok installed\n\n'; } >>"$admin/status"
}

# Merged /usr, as installed: some packages contain /lib, others /usr/lib.
mkdir -p "$place.new"/usr/{bin,sbin,lib}
ln -s usr/bin usr/sbin usr/lib "$place.new"
for package in "$work"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -C "$place.new" --keep-directory-symlink --exclude='./usr/share/doc' \
        --exclude='./usr/share/locale' --exclude='./dev' -x || die "$(basename "$package") cannot be unpacked"
    record "$package"
done
# Absolute links would point outside the sysroot.
find "$place.new" -type l -lname '/*' -printf '%p %l\n' | while read -r link target; do
    ln -sfn "$(realpath -sm --relative-to="$(dirname "$link")" "$place.new$target")" "$link"
done
echo "${packages[*]}" >"$place.new/packages"
mv "$place.new" "$place"
echo "vm: sysroot for $arch: $(find "$work/cache/archives" -name '*.deb' | wc -l) packages" >&2
