#!/bin/bash
# power_cut.sh BINARIES [--cuts N] [--arch amd64|arm64] [--kernel SERIES]: signs in a virtual machine that is killed at
# random times, repeatedly with the same disk, and checks that no conflicting payloads were signed at one level.
# Exits with 0 on success, with 77 if a required program is not installed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."
. "$here/skip.sh"

die() {
    echo "vm: $*" >&2
    exit 1
}

binaries=$(readlink -f "${1:?}") cuts=5 arch=amd64 series=stable limit=300
shift
while (($#)); do
    case $1 in
        --cuts) cuts=$2 ;;
        --arch) arch=$2 ;;
        --kernel) series=$2 ;;
        *) die "power_cut.sh has no option '$1'" ;;
    esac
    shift 2
done
sysroot=/
[[ $arch == amd64 ]] || sysroot=$PWD/build/vm/sysroot-$arch limit=900
mkdir -p build/vm
skip_without "$arch" build/vm/results-power mkfs.ext4
kernel=$("$here/kernel.sh" "$arch" "$series")
image=build/vm/image-power disk=build/vm/disk job=build/vm/job-power all=build/vm/signed
"$here/image.sh" $image "$kernel" "$sysroot" "$binaries"/revenant{,-registrar,-gadget,-liveness,-supervisor} \
    "$binaries"/vm_power_cut "$PWD/test/vectors"
rm -f $disk $all
truncate -s 64M $disk
mkfs.ext4 -q -F $disk

for ((cut = 1; cut <= cuts; ++cut)); do
    cat >$job <<JOB
mount -t ext4 /dev/vdb /var/lib || exit 1
$binaries/vm_power_cut
JOB
    rm -f $job.pid
    : >$job.out # removes the output of the previous machine
    "$here/boot.sh" "$arch" "$kernel" $image $job $limit $disk >$job.out 2>&1 &
    machine=$!
    # Between the first signature and about 300 later; a machine that signs nothing ends by its own limit.
    wanted=$((RANDOM % 300 + 1))
    while kill -0 $machine 2>/dev/null && (($(grep -c '^SIGNED' $job.out) < wanted)); do read -rt 0.2 <> <(:) || :; done
    kill -KILL "$(<$job.pid)" || { tail -20 $job.out && die "the machine ended before its power was cut"; }
    wait $machine || true
    grep '^SIGNED' $job.out >>$all || true
    echo "vm: power cut $cut of $cuts, after $(grep -c '^SIGNED' $job.out) signatures"
    if grep '^FAILED' $job.out || ! grep -q '^SIGNED' $job.out; then
        tail -20 $job.out
        exit 1
    fi
done
# The last line of a run may be incomplete.
awk 'NF == 5 && length($5) > 100 {
         height = $2 " " $3 " " $4
         if (height in signed && signed[height] != $5 && length(signed[height]) == length($5)) {
             print "signed twice: " height; bad = 1
         }
         signed[height] = $5
     }
     END { print "vm: " NR " signatures at " length(signed) " heights, " (bad ? "some contradict" : "none contradicts") ; exit bad }' $all
