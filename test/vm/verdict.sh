#!/bin/bash
# verdict.sh SCENARIO [--arch ARCH] [--set SET]: prints the scenario's log of the last run of run.sh and exits with its
# result. SET: the name in --results of run.sh or --set of systemd/run.sh. Exits with 77 and the reason if that run was
# skipped.
set -euo pipefail
arch=${3:-amd64} set=${5:+-$5}
cd "$(dirname "$(readlink -f "$0")")/../../build/vm/results$set"

if [[ -e skipped ]]; then
    cat skipped
    exit 77
fi
if [[ ! -e $1.code ]]; then
    echo "vm: scenario $1 did not run: see the console of the machine in build/vm/job$set-$arch.console"
    exit 1
fi
cat "$1.log"
exit "$(<"$1.code")"
