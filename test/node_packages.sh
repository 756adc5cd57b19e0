# node_packages DIRECTORY NAME: installs the npm packages of DIRECTORY/package-lock.json once into .cache/NAME; sets
# `place` to that path. Locked, since tests run in parallel. To be sourced.
node_packages() {
    local directory=$1 name=$2 wanted
    place=$directory/../../.cache/$name
    mkdir -p "$place"
    exec 9>"$place/lock"
    flock 9
    wanted=$(cat "$directory"/package.json "$directory"/package-lock.json | sha256sum)
    if [[ $(cat "$place/installed" 2>/dev/null) != "$wanted" ]]; then
        rm -f "$place/installed"
        cp "$directory"/package.json "$directory"/package-lock.json "$place"
        (cd "$place" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2 ||
            die "the npm packages of test/$name cannot be installed: see npm's message above; it needs its registry, once"
        echo "$wanted" >"$place/installed"
    fi
    exec 9>&-
}
