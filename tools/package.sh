# The Debian packages. To be sourced.

programs=(revenant revenant-monitor revenant-registrar revenant-gadget revenant-liveness)

# package [--arch ARCH]
package() {
    local arch native log
    native=$(dpkg --print-architecture)
    arch=$native
    if (($#)); then
        [[ $1 == --arch && ${2:-} ]] || die "unknown option '$1' of package: use --arch amd64 or --arch arm64"
        arch=$2
    fi
    if [[ $arch == "$native" ]]; then
        setup build package
        build release "${programs[@]}" manual
    elif [[ $arch == arm64 ]]; then
        setup build package arm64
        # shellcheck disable=SC2046 # a list of words
        test/vm/sysroot.sh arm64 $(libraries)
        build arm64 "${programs[@]}"
        build release manual # pages are the same for all, and a program that runs here writes them
    else
        die "packages for '$arch' cannot be built here: use $native or arm64"
    fi
    say "making the packages for $arch"
    log=$(log_file "package-$arch")
    mkdir -p build/packages
    rm -f build/packages/revenant-*_"$arch".deb
    # No file in them needs another owner, so an ordinary user may make them.
    export DEB_RULES_REQUIRES_ROOT=no
    {
        debian/rules clean &&
            dpkg-architecture -f -a"$arch" -c env PACKAGES=build/packages debian/rules binary &&
            debian/rules clean
    } >"$log" 2>&1 || {
        tail -20 "$log" >&2
        die "the packages for $arch could not be built: see the message above; log: $log"
    }
    weigh "$arch"
    test/package/check.sh "$arch"
    lintian --allow-root --fail-on error build/packages/revenant-*_"$arch".deb
}

# weigh ARCH: says what the packages take, to download and installed.
weigh() {
    local file place
    place=$(mktemp -d)
    for file in build/packages/revenant-*_"$1".deb; do
        rm -rf "$place/x"
        dpkg-deb -x "$file" "$place/x"
        echo "$file: $(($(stat -c %s "$file") / 1024)) KiB, installed $(du -sk "$place/x" | cut -f 1) KiB"
    done
    rm -rf "$place"
}
