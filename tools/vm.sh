# Runs the scenarios in a virtual machine. Source this file.

# vm [--arch ARCH] [--soak] [--systemd] [ARGUMENTS OF run.sh]
vm() {
    local arch=amd64 preset=test soak=0 systemd=0 rest=()
    while (($#)); do
        case $1 in
            --arch) arch=${2:-} && shift ;;
            --soak) soak=1 ;;
            --systemd) systemd=1 ;;
            *) rest+=("$1") ;;
        esac
        shift $(($# > 0))
    done
    if ((systemd)); then
        setup vm
        package --arch "$arch"
        ((!soak)) || rest+=('*')
        exec test/vm/systemd/run.sh build/packages --arch "$arch" "${rest[@]}"
    fi
    case $arch in
        amd64) setup build vm ;;
        arm64)
            preset=arm64
            setup build vm arm64
            # shellcheck disable=SC2046 # a list of words
            test/vm/sysroot.sh arm64 $(libraries)
            ;;
        *) die "unknown architecture '$arch': use amd64 or arm64" ;;
    esac
    build $preset vm_scenarios vm_power_cut revenant-supervisor
    if ((soak)); then
        test/vm/run.sh build/$preset/bin --arch "$arch" "${rest[@]}" --rounds 1000 --set TEST_BAKING_MINUTES=10 \
            'disturbances.*' 'serve.signs_all_*'
        exec test/vm/power_cut.sh build/$preset/bin --arch "$arch" "${rest[@]}" --cuts 50
    fi
    exec test/vm/run.sh build/$preset/bin --arch "$arch" "${rest[@]}"
}
