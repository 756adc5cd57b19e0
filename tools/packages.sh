# Lists Debian packages by purpose and installs them. Source this file.

# Libraries of the programs.
libraries() {
    case $(release) in
        12) echo libboost1.81-dev libboost-program-options1.81-dev libboost-json1.81-dev ;;
        13) echo libboost-dev libboost-program-options-dev libboost-json-dev ;;
    esac
    echo libspdlog-dev libfmt-dev libnanopb-dev libsodium-dev libssl-dev libsystemd-dev libusb-1.0-0-dev \
        libutf8proc-dev libzmq3-dev cppzmq-dev libgtest-dev libprotobuf-dev
}

# release: 12 or 13.
release() {
    case $(. /etc/os-release && echo "${ID:-}:${VERSION_ID:-}") in
        debian:12) echo 12 ;;
        debian:13) echo 13 ;;
        *) die "unsupported system: expected Debian 12 or 13; install the packages of tools/packages.sh by hand, with Boost 1.81 or newer, and use cmake --preset release" ;;
    esac
}

# has_blst: whether the source of blst was downloaded, or blst is installed.
has_blst() {
    [[ -e .cache/ckzg-2.1.1.tar.gz || -e .cache/c-kzg-4.1.0.tgz || -e /usr/include/blst.h || -e /usr/local/include/blst.h ]]
}

# packages GROUP...: the packages of these groups, as words.
packages() {
    local group
    for group in "$@"; do
        case $group in
            build)
                libraries
                echo g++ cmake ninja-build pkg-config git ca-certificates nanopb protobuf-compiler
                has_blst || command -v npm >/dev/null || echo python3-pip python3-setuptools # downloads the source of blst
                ;;
            test) # clients for the sockets, readers of the manual pages, completions and units; scripts
                echo socat wrk man-db zsh python3
                command -v systemd-analyze >/dev/null || echo systemd
                ;;
            vm) # the machine with both ends of the cable, and the small Debian with systemd
                echo qemu-system-x86 busybox-static cpio e2fsprogs kmod udev util-linux xz-utils zstd mmdebstrap
                ;;
            browser) # external programs for the monitor and the signer; nginx and prometheus: fetch_tools
                echo chromium libpcre2-8-0 libcrypt1
                command -v node >/dev/null || echo nodejs
                command -v npm >/dev/null || echo npm
                command -v go >/dev/null || echo golang-go
                ;;
            package) echo debhelper dpkg-dev lintian ;;
            clang) echo clang clang-format "libclang-rt-$([[ $(release) == 12 ]] && echo 14 || echo 19)-dev" ;;
            arm64) echo g++-aarch64-linux-gnu qemu-system-arm qemu-user-static binfmt-support arch-test ;;
            *) die "unknown group of packages '$group': use build, test, browser, vm, package, clang or arm64" ;;
        esac
    done
}

# missing_packages GROUP...
missing_packages() {
    local wanted have package
    wanted=$(packages "$@") || exit 1
    # shellcheck disable=SC2086 # a list of words
    have=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' $wanted 2>/dev/null || true)"
    for package in $wanted; do
        [[ $have == *" installed:$package "* ]] || echo "$package"
    done
}

# setup GROUP...: installs the missing packages of these groups.
setup() {
    local missing line words
    release >/dev/null
    words=$(missing_packages "$@") || exit 1
    read -ra missing <<<"${words//$'\n'/ }"
    if ((${#missing[@]})); then
        line="apt-get install --no-install-recommends ${missing[*]}"
        ((install)) || die "${#missing[@]} packages are missing and --no-install is given: run 'apt-get update && $line' as root"
        install_packages "${missing[@]}"
    fi
    [[ " $* " != *" browser "* ]] || fetch_tools
}

# install_packages NAME...: shows one line of progress; apt's output goes to a log.
install_packages() {
    local log begin=$SECONDS as_root=() size
    log=$(log_file install)
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            die "packages are missing and sudo is not installed: as root, run 'apt-get update && apt-get install --no-install-recommends $*'"
        sudo -n true 2>/dev/null || sudo -v 2>/dev/null || # asks for a password at the terminal
            die "packages are missing and sudo refuses: as root, run 'apt-get update && apt-get install --no-install-recommends $*'"
        as_root=(sudo)
    fi
    say "reading the package lists"
    # With an old list a download fails late and per file; an unreachable source is an error here.
    "${as_root[@]}" apt-get update -q -o APT::Update::Error-Mode=any >"$log" 2>&1 || explain_apt "$log" "$*"
    size=$(LC_ALL=C apt-get install -s -o Debug::NoLocking=1 --no-install-recommends "$@" 2>>"$log" | grep -c '^Inst ') ||
        explain_apt "$log" "$*"
    say "installing $size packages ($(apt_sizes "$@")), $# of them by name: $*"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get install -qy --no-install-recommends \
        -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 "$@" 3> >(apt_progress) >>"$log" 2>&1 || {
        progress_end
        explain_apt "$log" "$*"
    }
    progress_end
    say "installed in $(took $((SECONDS - begin)))"
}

# apt_sizes NAME...: prints the sizes of the download and on disk.
apt_sizes() {
    LC_ALL=C apt-get install --assume-no -o Debug::NoLocking=1 --no-install-recommends "$@" 2>/dev/null |
        sed -nE 's/^Need to get ([^ ]+ [kMG]?B)(\/[^ ]+ [kMG]?B)? of archives.*/\1 to download/p;
                 s/^After this operation, ([^ ]+ [kMG]?B) of additional.*/\1 on disk/p' | paste -sd, | sed 's/,/, /'
}

# apt_progress: reads APT::Status-Fd.
apt_progress() {
    local kind package percent
    while IFS=: read -r kind package percent _; do
        case $kind in
            dlstatus) progress "downloading packages, ${percent%%.*} %" ;;
            pmstatus) progress "unpacking and configuring packages, ${percent%%.*} %: $package" ;;
        esac
    done
}

# explain_apt LOG NAMES: exits with the cause in one sentence.
explain_apt() {
    local log=$1 names=$2
    if grep -qE 'Could not get lock|Unable to (acquire|lock)' "$log"; then
        die "another program is using apt ($(sed -nE 's/.*held by process ([0-9]+ \([^)]*\)).*/process \1/p' "$log" | head -1)): wait until it has ended and run the command again; log: $log"
    elif grep -qE 'Could not resolve|Could not connect|Temporary failure|Failed to fetch|Unable to connect|Network is unreachable' "$log"; then
        die "cannot download packages: check the network and apt's sources, then run the command again; log: $log"
    elif grep -qE 'Unable to locate package|has no installation candidate' "$log"; then
        die "apt's sources lack a package ($(sed -nE "s/^E: (Unable to locate package .*|Package .* has no installation candidate)/\1/p" "$log" | head -1)): add Debian's main component to them; log: $log"
    elif grep -q 'No space left\|enough free space' "$log"; then
        die "the disk is too full for the packages: free some space and run the command again; log: $log"
    fi
    tail -5 "$log" >&2
    die "apt-get cannot install $names: see its message above; log: $log"
}

# fetch_tools: unpacks nginx and Prometheus below .cache/tools. Installed, both would become services of this machine.
fetch_tools() {
    local place=.cache/tools work file log
    [[ ! -x $place/usr/bin/prometheus || ! -x $place/usr/sbin/nginx ]] || return 0
    log=$(log_file tools)
    say "downloading nginx and Prometheus (unpacked below .cache/tools, not installed)"
    mkdir -p "$place"
    work=$(mktemp -d)
    chmod 755 "$work" # apt downloads as another user
    (cd "$work" && apt-get download -q nginx prometheus) >"$log" 2>&1 || {
        rm -rf "$work"
        explain_apt "$log" "nginx prometheus"
    }
    for file in "$work"/*.deb; do dpkg-deb -x "$file" "$place"; done
    rm -rf "$work"
}

# check_place: checks the conditions for a build before it starts.
check_place() {
    local free_kb place
    mkdir -p build 2>/dev/null && [[ -w . && -w build ]] || die "the source tree $PWD is read-only for this user: copy it to a writable directory"
    for place in . /var/cache; do
        free_kb=$(df -Pk "$place" | awk 'NR == 2 {print $4}')
        ((free_kb >= 2 << 20)) || die "$(df -Pk "$place" | awk 'NR == 2 {print $6}') has $((free_kb >> 10)) MB free and 2048 MB are needed: free some space"
    done
}
