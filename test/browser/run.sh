#!/bin/bash
# run.sh SCRIPT [ARGUMENTS]: runs a script of this directory on Node.js with the packages of package-lock.json, which
# are downloaded once into .cache/browser. Exits with 77 if a required program is not installed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../needs.sh"
. "$here/../node_packages.sh"

die() {
    echo "browser: $*" >&2
    exit 1
}

needs node npm chromium nginx prometheus promtool

node_packages "$here" browser
script=$here/${1:?}
shift
NODE_PATH=$place/node_modules exec node "$script" "$@"
