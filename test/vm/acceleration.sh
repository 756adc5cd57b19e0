#!/bin/bash
# acceleration.sh KERNEL: prints "kvm" or "tcg". KVM is faster, but hangs on some hosts before the kernel prints
# anything: it is tried once with a short limit, and the result is cached.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."
. "$here/one_at_a_time.sh"

answer=build/vm/acceleration
mkdir -p build/vm
one_at_a_time acceleration
if [[ ! -e $answer ]]; then
    echo tcg >$answer
    # A kernel without a root file system panics and ends the machine, which is sufficient.
    if [[ -w /dev/kvm ]] && timeout -k 1 15 qemu-system-x86_64 -M q35,accel=kvm -cpu max -m 256 -nographic -no-reboot \
        -nic none -kernel "$1/vmlinuz" -append "console=ttyS0 panic=-1" </dev/null 2>&1 | grep -q 'Kernel panic'; then
        echo kvm >$answer
    fi
    echo "vm: acceleration: $(cat $answer)" >&2
fi
cat $answer
