#!/bin/bash
# run.sh SCRIPT [ARGUMENTS]: runs a script of this directory on Node.js with the packages of package-lock.json, which are
# fetched once, into .cache/browser.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../node_packages.sh"

die() {
    echo "browser: $*" >&2
    exit 1
}

for program in node npm chromium nginx prometheus promtool; do
    PATH=$PATH:/usr/sbin command -v $program >/dev/null || die "there is no $program: run ./dev setup"
done

node_packages "$here" browser
script=$here/${1:?}
shift
NODE_PATH=$place/node_modules PATH=$PATH:/usr/sbin exec node "$script" "$@"
