#!/bin/bash
# inside.sh ROOT USER COMMAND: runs COMMAND in the root, in a login of USER. Must be the first process of its own mount and
# PID namespaces: all mounts and processes end with it.
set -euo pipefail
root=$1 user=$2 command=$3

mount --bind "$root" "$root"
mount -o remount,bind,suid,dev,exec "$root" # sudo is set-uid, which the temporary directory may forbid
cd "$root"
mount -t proc proc proc
mount --bind -o ro /sys sys
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs run
mkdir -m 1777 run/lock
# As a child: the first process of a namespace ignores signals and inherits all orphans.
code=0
chroot . su --login "$user" --command "$command" || code=$?
exit "$code"
