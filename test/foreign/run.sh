#!/bin/bash
# run.sh SCRIPT [ARGUMENTS]: runs a script of this directory on Node.js with the packages of package-lock.json, which are
# fetched once, into .cache/foreign.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
place=$here/../../.cache/foreign

die() {
    echo "foreign: $*" >&2
    exit 1
}

command -v node >/dev/null && command -v npm >/dev/null || die "there is no Node.js with npm: run ./dev setup"
node=$(node --version)
[[ ${node#v} =~ ^(1[89]|[2-9][0-9])\. ]] || die "this is Node.js $node: install 18 or newer, as Debian 12 and 13 have it"

# What is in place is what the lock file says; one at a time, since tests run beside each other.
install_packages() {
    local wanted
    wanted=$(cat "$here"/package.json "$here"/package-lock.json | sha256sum)
    [[ $(cat "$place/installed" 2>/dev/null) != "$wanted" ]] || return 0
    rm -f "$place/installed"
    cp "$here"/package.json "$here"/package-lock.json "$place"
    (cd "$place" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2 ||
        die "the npm packages of test/foreign cannot be installed: see npm's message above; it needs its registry, once"
    echo "$wanted" >"$place/installed"
}

mkdir -p "$place"
exec 9>"$place/lock"
flock 9
install_packages
exec 9>&-

script=$here/${1:?}
shift
NODE_PATH=$place/node_modules exec node "$script" "$@"
