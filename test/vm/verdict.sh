#!/bin/bash
# verdict.sh SCENARIO [--arch ARCH] [--set SET]: what came of it in the last run of run.sh, or of systemd/run.sh if there is
# a SET, with its log if it failed.
set -euo pipefail
arch=${3:-amd64} set=${5:+-$5}
cd "$(dirname "$(readlink -f "$0")")/../../build/vm/results$set"

if [[ ! -e $1.code ]]; then
    echo "vm: scenario $1 did not run: see the console of the machine in build/vm/job$set-$arch.console"
    exit 1
fi
cat "$1.log"
exit "$(<"$1.code")"
