#!/bin/bash
# run.sh PACKAGES [--arch amd64|arm64] [--kernel SERIES] [--short] [--set SET] [--verdicts-later] [SCENARIO...|shell]:
# runs the scenarios (globs; default: all that the list does not mark "soak"; with --short: all without a mark) on a
# small Debian with systemd in a virtual machine. PACKAGES: the directory of the .deb files. Outputs and exit codes are
# in build/vm/results-SET/SCENARIO.{log,code} (default SET: systemd); ../verdict.sh reads them. Exits with 0 if all
# passed; with --verdicts-later if the machine's job ended; with 77 if a required program is not installed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../../.."
. "$here/../skip.sh"

packages=$(readlink -f "${1:?}") arch=amd64 series=stable set=systemd verdicts=now patience=1 marks='long'
shift
wanted=()
while (($#)); do
    case $1 in
        --arch) arch=$2 && shift ;;
        --kernel) series=$2 && shift ;;
        --short) marks='' ;;
        --set) set=$2 && shift ;;
        --verdicts-later) verdicts=later ;;
        *) wanted+=("$1") ;;
    esac
    shift
done
[[ $arch == amd64 ]] || patience=4 # always emulated
results=build/vm/results-$set
skip_without "$arch" "$results" mmdebstrap mke2fs depmod
list=$here/scenarios/list
if ((!${#wanted[@]})); then
    mapfile -t wanted < <(awk -v marks="$marks" '$2 == "" || $2 == marks {print $1}' "$list")
fi
debs=("$packages"/revenant-{device,host}_*_"$arch".deb)
for deb in "${debs[@]}"; do
    [[ -e $deb ]] || { echo "vm: there is no $deb: run './dev package' first" >&2 && exit 1; }
done

mkdir -p build/vm
kernel=$("$here/../kernel.sh" "$arch" "$series")
disk=$("$here/../debian.sh" "$arch")
sysroot=/
[[ $arch == amd64 ]] || sysroot=$PWD/build/vm/sysroot-$arch

# Files for the machine.
sent=$(mktemp -d)
trap 'rm -rf "$sent"' EXIT
chmod 755 "$sent"
mkdir -p "$sent"/vm/packages "$sent"/etc/{apt/apt.conf.d,dpkg/dpkg.cfg.d,modules-load.d,systemd/system-generators,systemd/system/multi-user.target.wants} "$sent/var/log/journal"
cp -r "$here"/machine/{job,run,lib} "$here/scenarios" "$sent/vm/"
cp "$list" README.md "$sent/vm/"
cp "$here/machine/vm-job.service" "$sent/etc/systemd/system/"
ln -s ../vm-job.service "$sent/etc/systemd/system/multi-user.target.wants/"
ln -s /dev/null "$sent/etc/systemd/system/getty.target" # the console is for the job
for generator in cryptsetup veritysetup integritysetup gpt-auto hibernate-resume bless-boot sysv rc-local getty; do
    # Generators that a board does not need and that run at each daemon-reload.
    ln -s /dev/null "$sent/etc/systemd/system-generators/systemd-$generator-generator"
done
# Longer limits: on an emulated processor a passphrase takes several times as long as on the slowest board, and a busy
# machine can stall it. The usual limits are tested on the loopback bus.
emulated() {
    mkdir -p "$sent/etc/systemd/system/$1.service.d"
    printf '[Service]\n%s\n' "$2" >"$sent/etc/systemd/system/$1.service.d/emulated.conf"
}
emulated revenant-gadget WatchdogSec=120
emulated revenant-liveness Environment=REVENANT_LIVENESS_DEADLINE_MS=5000
echo dummy_hcd >"$sent/etc/modules-load.d/controller.conf" # like dwc2 or dwc3 on a board
echo $((180 * patience)) >"$sent/vm/limit"
echo $patience >"$sent/vm/patience"
cp "${debs[@]}" "$sent/vm/packages/"
"$here/newer.sh" "$sent/vm/newer" "${debs[@]}"
"$here/packages.sh" "$arch" "$disk.status" "$sent/vm/archive" "${debs[@]}"
echo 'deb [trusted=yes] file:/vm/archive ./' >"$sent/etc/apt/sources.list"
echo '# Our packages are installed whole.' >"$sent/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
echo 'APT::Get::Assume-Yes "true"; quiet "1";' >"$sent/etc/apt/apt.conf.d/90answers"
image=build/vm/image-$set-$arch job=build/vm/job-$set-$arch
"$here/image.sh" "$image" "$kernel" "$sysroot" "$sent"

boot() { "$here/../boot.sh" "$arch" "$kernel" "$image" "$job" "$1" --scratch "$disk"; }
if [[ ${wanted[0]} == shell ]]; then
    echo 'setsid bash -i </dev/console >/dev/console 2>&1' >"$job"
    VM_INPUT=/dev/stdin boot 86400
    exit
fi

rm -rf "$results"
mkdir -p "$results"
echo "apt-get update -qq && bash /vm/run ${wanted[*]@Q}" >"$job"
ended=1
boot $((1500 * patience)) || {
    ended=0
    echo "vm: the machine did not come to its end" >&2
}
tar -C "$results" -xf "$job" 2>/dev/null || true

failed=0
for code in "$results"/*.code; do
    [[ -e $code && $(<"$code") == 0 ]] || failed=$((failed + 1))
done
[[ $verdicts == now ]] || failed=0
exit $((failed > 0 || !ended))
