#!/bin/bash
# verdict.sh SCENARIO [--arch ARCH]: what came of it in the last run of run.sh, with its log if it failed.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../../build/vm/results"

if [[ ! -e $1.code ]]; then
    echo "vm: scenario $1 did not run: see the console of the machine in build/vm/job-${3:-amd64}.console"
    exit 1
fi
cat "$1.log"
exit "$(<"$1.code")"
