#!/bin/bash
# boot.sh ARCH KERNEL IMAGE JOB LIMIT [DISK | --scratch DISK]: boots a machine, runs the shell script JOB in it, and
# replaces JOB by a tar archive of /out. The console goes to stdout. LIMIT: seconds until the machine is killed. DISK: a
# raw image, attached as a persistent second disk. --scratch: the machine may reboot; writes to DISK are discarded when
# it is switched off. Exits with 0 if the job ended.
set -euo pipefail

arch=${1:?} kernel=${2:?} image=${3:?} job=${4:?} limit=${5:?} disk=${6:-} kind=keep
[[ $disk != --scratch ]] || kind=scratch disk=${7:?}
here=$(dirname "$(readlink -f "$0")")
size=$((32 << 20)) # space for /out
truncate -s $size "$job"

common=(-m 512 -smp 1 -nographic -nic none -pidfile "$job.pid" -kernel "$kernel/vmlinuz" -initrd "$image"
    -drive "file=$job,format=raw,if=none,id=job" -device virtio-blk-pci,drive=job)
# Without vector instructions: their emulation doubles the time of a passphrase.
cpu=qemu64,+rdrand
if [[ $kind == scratch ]]; then
    common+=(-drive "file=$disk,format=raw,if=none,id=disk,snapshot=on,cache=unsafe" -device virtio-blk-pci,drive=disk)
else
    common+=(-no-reboot)
    [[ -z $disk ]] ||
        # Writes reach the file at once: a killed machine loses only unflushed data.
        common+=(-drive "file=$disk,format=raw,if=none,id=disk,cache=directsync" -device virtio-blk-pci,drive=disk)
fi
case $arch in
    amd64)
        acceleration=$("$here/acceleration.sh" "$kernel")
        [[ $acceleration != kvm || $kind == scratch ]] || cpu=max
        machine=(qemu-system-x86_64 -M "q35,accel=$acceleration" -cpu "$cpu")
        console=ttyS0
        ;;
    arm64)
        machine=(qemu-system-aarch64 -M virt -cpu cortex-a53)
        console=ttyAMA0
        ;;
esac
timeout --foreground --kill-after=5 "$limit" "${machine[@]}" "${common[@]}" \
    -append "console=$console quiet panic=-1" <"${VM_INPUT:-/dev/null}" 2>&1 | stdbuf -o0 tr -d "\r" | tee "$job.console"
grep -q '^vm: the job ended with code 0$' "$job.console"
