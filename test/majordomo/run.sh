#!/bin/bash
# run.sh mdbroker|mdworker ENDPOINT [-v]: runs the broker, or a worker for the service 'echo', of the ZeroMQ guide in Go
# (MDP/0.1): examples of the module in go.mod, pinned by go.sum. They are downloaded and built once into
# .cache/majordomo; `run.sh build` does only that. Exits with 77 if they are not built and Go is not installed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/../needs.sh"
place=$here/../../.cache/majordomo

die() {
    echo "majordomo: $*" >&2
    exit 1
}

# Locked, since tests run in parallel.
build() {
    local wanted examples program
    mkdir -p "$place"
    exec 9>"$place/lock"
    flock 9
    wanted=$(cat "$here"/go.mod "$here"/go.sum "$here/run.sh" | sha256sum)
    if [[ $(cat "$place/built" 2>/dev/null) != "$wanted" ]]; then
        rm -f "$place/built"
        needs go
        cp "$here"/go.mod "$here"/go.sum "$place"
        cd "$place"
        export GOMODCACHE=$place/modules GOCACHE=$place/objects GOTOOLCHAIN=local GOWORK=off
        export GOFLAGS='-mod=readonly -modcacherw -buildvcs=false'
        go mod download >&2 ||
            die "the Go module of test/majordomo cannot be fetched: see go's message above; it needs its registry, once"
        examples=$(go list -m -f '{{.Dir}}' github.com/pebbe/zmq4)/examples
        for program in mdbroker mdworker; do
            # Unchanged sources, except for the endpoint, which is hard-coded.
            sed 's|"tcp://[^"]*:5555"|os.Getenv("MAJORDOMO_ENDPOINT")|' "$examples/$program.go" >"$program.go"
            grep -q MAJORDOMO_ENDPOINT "$program.go" || die "the example $program.go names no endpoint any more"
            go build -o "$program" "$program.go" >&2 || die "the example $program.go cannot be built: see above"
        done
        echo "$wanted" >"$place/built"
    fi
    exec 9>&-
}

program=${1:?}
build
[[ $program != build ]] || exit 0
# Ends with its parent. Go preempts long-running code with a signal, which these older programs treat as a termination.
GODEBUG=asyncpreemptoff=1 MAJORDOMO_ENDPOINT=${2:?} exec setpriv --pdeathsig KILL "$place/$program" "${@:3}"
