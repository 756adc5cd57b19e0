#!/bin/bash
# run.sh SCRIPT [ARGUMENTS]: runs a script of this directory on Node.js with the packages of package-lock.json, which
# are downloaded once into .cache/foreign. Exits with 77 without Node.js.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../needs.sh"
. "$here/../node_packages.sh"

die() {
    echo "foreign: $*" >&2
    exit 1
}

needs node npm
node=$(node --version)
[[ ${node#v} =~ ^(1[89]|[2-9][0-9])\. ]] || {
    echo "foreign: this is Node.js $node: install 18 or newer, as Debian 12 and 13 have it" >&2
    exit 77
}

node_packages "$here" foreign
script=$here/${1:?}
shift
NODE_PATH=$place/node_modules exec node "$script" "$@"
