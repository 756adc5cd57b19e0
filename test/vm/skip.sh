# skip_without ARCH RESULTS [TOOL...]: exits with 77, which ctest counts as skipped, if a program for a virtual machine
# of that architecture or one of the TOOLs is not installed. Writes the reason to RESULTS for verdict.sh. To be sourced.
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../needs.sh"

skip_without() {
    local arch=$1 results=$2 tools=(cpio zstd xz modinfo apt-get dpkg-deb) missing
    shift 2
    case $arch in
        amd64) tools+=(qemu-system-x86_64 busybox udevadm setpriv) ;;
        arm64) tools+=(qemu-system-aarch64 readelf) ;; # the others come from the sysroot
    esac
    missing=$(missing_tools "${tools[@]}" "$@")
    [[ $missing ]] || return 0
    rm -rf "$results"
    mkdir -p "$results"
    echo "vm: $missing" | tee "$results/skipped" >&2
    exit 77
}
