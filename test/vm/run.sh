#!/bin/bash
# run.sh BINARIES [--arch amd64|arm64] [--kernel SERIES] [--rounds N] [--set NAME=VALUE] [--verdicts-later] [--results
# NAME] [SCENARIO...|shell]: runs the scenarios (globs; default: all) in a virtual machine. BINARIES: a build's bin
# directory. --set: a variable in the scenarios' environment, such as TEST_SEED; with it or --rounds a scenario may take
# hours. Outputs and exit codes are in build/vm/results/SCENARIO.{log,code}, or below build/vm/results-NAME; verdict.sh
# reads them. Runs with different names may run in parallel. Exits with 0 if all passed; with --verdicts-later if the
# machine's job ended; with 77 if a required program is not installed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."
. "$here/skip.sh"

binaries=$(readlink -f "${1:?}") arch=amd64 series=stable variables=() limit=240 verdicts=now name=''
shift
wanted=()
while (($#)); do
    case $1 in
        --arch) arch=$2 && shift ;;
        --kernel) series=$2 && shift ;;
        --rounds) variables+=("TEST_ROUNDS=$2") limit=14400 && shift ;;
        --set) variables+=("$2") limit=14400 && shift ;;
        --verdicts-later) verdicts=later ;;
        --results) name=-$2 && shift ;;
        *) wanted+=("$1") ;;
    esac
    shift
done
((${#wanted[@]})) || wanted=('*')
sysroot=/ patience=1
[[ $arch == amd64 ]] || sysroot=$PWD/build/vm/sysroot-$arch patience=3 # always emulated
limit=$((limit * patience))
results=build/vm/results$name

mkdir -p build/vm
skip_without "$arch" "$results"
kernel=$("$here/kernel.sh" "$arch" "$series")
image=build/vm/image$name-$arch
"$here/image.sh" "$image" "$kernel" "$sysroot" "$binaries"/revenant{,-registrar,-gadget,-liveness,-supervisor} \
    "$binaries"/vm_{scenarios,power_cut} "$PWD/test/vectors"

if [[ ${wanted[0]} == shell ]]; then
    echo 'setsid cttyhack sh' >build/vm/job-shell
    VM_INPUT=/dev/stdin exec "$here/boot.sh" "$arch" "$kernel" "$image" build/vm/job-shell 86400
fi

rm -rf "$results"
mkdir -p "$results"
job=build/vm/job$name-$arch
cat >"$job" <<JOB
${variables[*]:+export ${variables[*]@Q}}
program=$binaries/vm_scenarios
tidy() { # after a failed scenario
    for gadget in /sys/kernel/config/usb_gadget/*; do
        [ -e "\$gadget/UDC" ] && echo >"\$gadget/UDC"
    done 2>/dev/null
    $binaries/revenant-registrar teardown >/dev/null 2>&1
    rm -rf /run/revenant
}
run() {
    begin=\$(date +%s)
    timeout $limit \$program --gtest_filter="\$1" >/out/"\$1".log 2>&1 </dev/null
    code=\$?
    echo \$code >/out/"\$1".code
    echo "vm: \$1: \$([ \$code = 0 ] && echo passed || echo "failed (\$code)"), \$((\$(date +%s) - begin)) s"
    [ \$code = 0 ] || { cat /out/"\$1".log; tidy; }
}
run store.is_made
cp -a /var/lib/revenant /root/store
\$program --gtest_list_tests | awk '/^[^ ]/ {suite = \$1} /^ / {print suite \$1}' >/out/all
for scenario in \$(grep -v '^store\\.' /out/all); do
    for glob in ${wanted[*]@Q}; do
        case \$scenario in
            \$glob)
                rm -rf /var/lib/revenant
                cp -a /root/store /var/lib/revenant
                run \$scenario
                break
                ;;
        esac
    done
done
dmesg >/out/dmesg
JOB
ended=1
"$here/boot.sh" "$arch" "$kernel" "$image" "$job" $((limit + 900 * patience)) || {
    ended=0
    echo "vm: the machine did not come to its end" >&2
}
tar -C "$results" -xf "$job" 2>/dev/null || true

failed=0
for code in "$results"/*.code; do
    [[ -e $code && $(<"$code") == 0 ]] || failed=$((failed + 1))
done
if grep -E 'BUG:|WARNING:|Oops|Call Trace' "$results/dmesg" 2>/dev/null; then
    echo "vm: the kernel complained: see $results/dmesg" >&2
fi
[[ $verdicts == now ]] || failed=0
exit $((failed > 0 || !ended))
