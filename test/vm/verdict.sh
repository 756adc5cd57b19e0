#!/bin/bash
# verdict.sh SCENARIO [--arch|--systemd ARCH]: what came of it in the last run of run.sh, or of systemd/run.sh, with its
# log if it failed.
set -euo pipefail
machine=''
[[ ${2:-} != --systemd ]] || machine=-systemd
cd "$(dirname "$(readlink -f "$0")")/../../build/vm/results$machine"

if [[ ! -e $1.code ]]; then
    echo "vm: scenario $1 did not run: see the console of the machine in build/vm/job$machine-${3:-amd64}.console"
    exit 1
fi
cat "$1.log"
exit "$(<"$1.code")"
