# skip_without ARCH RESULTS [TOOL...]: ends the script with 77, which ctest counts as skipped, if a program is not installed
# that a virtual machine of that architecture, or this script beyond that, needs. The reason is left in RESULTS, where
# verdict.sh finds it. To be sourced.
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../needs.sh"

skip_without() {
    local arch=$1 results=$2 tools=(cpio zstd xz modinfo apt-get dpkg-deb) missing
    shift 2
    case $arch in
        amd64) tools+=(qemu-system-x86_64 busybox udevadm setpriv) ;;
        arm64) tools+=(qemu-system-aarch64 readelf) ;; # the rest comes from the sysroot
    esac
    missing=$(missing_tools "${tools[@]}" "$@")
    [[ $missing ]] || return 0
    rm -rf "$results"
    mkdir -p "$results"
    echo "vm: $missing" | tee "$results/skipped" >&2
    exit 77
}
