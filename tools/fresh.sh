#!/bin/bash
# fresh.sh [12|13] [--other] [--user root|person|both] [--steps LIST]: runs the README's commands in a clean clone, as
# root and as an ordinary user, on a Debian with only sudo and git; prints the time and space that each needs. Logs are in
# build/fresh. The root file systems are kept in .cache/fresh: delete it to get the newest packages.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cd "$here/.."
. test/vm/one_at_a_time.sh
. tools/fresh/root.sh
. tools/fresh/figures.sh

usage() {
    cat <<'TEXT'
use: tools/fresh.sh [12|13] [--other] [--user root|person|both] [--steps LIST]

  12, 13         that Debian release; default: both in turn
  --other        the release of the two that this machine does not run
  --user USER    root, person (an ordinary user with sudo) or both (default)
  --steps LIST   of demo, test, by-hand, unit, asan and package, separated by commas; default: demo,test,by-hand
TEXT
}

die() {
    echo "fresh: $*" >&2
    exit 1
}

wrong_usage() {
    echo "fresh: $*" >&2
    exit 2
}

# other_release: the release of 12 and 13 that this machine does not run.
other_release() {
    case $(. /etc/os-release && echo "${ID:-}:${VERSION_ID:-}") in
        debian:12) echo 13 ;;
        debian:13) echo 12 ;;
        *) wrong_usage "this machine runs neither Debian 12 nor 13: give the release instead of --other" ;;
    esac
}

releases=(12 13) users=(root person) steps=(demo test by-hand)

read_arguments() {
    local named=()
    while (($#)); do
        case $1 in
            12 | 13) named+=("$1") ;;
            --other) named+=("$(other_release)") || exit ;;
            --user)
                case ${2:-} in
                    root | person) users=("$2") ;;
                    both) users=(root person) ;;
                    *) wrong_usage "unknown user '${2:-}': use root, person or both" ;;
                esac
                shift
                ;;
            --steps)
                IFS=, read -ra steps <<<"${2:-}"
                ((${#steps[@]})) || wrong_usage "--steps is empty: use demo, test, by-hand, unit, asan or package"
                shift
                ;;
            -h | --help) usage && exit ;;
            -*) wrong_usage "unknown option '$1'" ;;
            *) wrong_usage "unknown release '$1': use 12 or 13" ;;
        esac
        shift
    done
    local step
    for step in "${steps[@]}"; do
        command_of "$step" >/dev/null || wrong_usage "unknown step '$step': use demo, test, by-hand, unit, asan or package"
    done
    ((${#named[@]} == 0)) || releases=("${named[@]}")
}

# command_of STEP: the command to run in the clone.
command_of() {
    case $1 in
        demo) echo './dev demo' ;;
        test) echo './dev test' ;;
        unit) echo './dev test --unit' ;;
        asan) echo './dev test --asan' ;;
        by-hand) echo 'tools/fresh/by_hand.sh' ;;
        package) echo './dev package' ;;
        *) return 1 ;;
    esac
}

limits=1024:524288 # soft and hard limit of open files, as in a login session

become_root() {
    ((EUID != 0)) || return 0
    command -v sudo >/dev/null || die "making a root file system needs root: run this as root, or install sudo"
    local kept=() name
    for name in HOME TMPDIR $(carried_variables); do
        [[ ! -v $name ]] || kept+=("$name=${!name}")
    done
    exec sudo env "${kept[@]}" "$here/fresh.sh" "$@"
}

check_machine() {
    local place=${TMPDIR:-/tmp} free
    command -v mmdebstrap >/dev/null || die "mmdebstrap is not installed: run 'apt-get install mmdebstrap'"
    free=$(df --output=avail -B1M "$place" | tail -n 1)
    ((free >= 6144)) || die "$place has $free MB free and 6144 are needed: make room, or set TMPDIR"
    unshare --mount --pid --fork true 2>/dev/null ||
        die "root cannot make namespaces here: run this outside a container, or in a privileged one"
    prlimit --nofile="$limits" true 2>/dev/null || {
        limits=1024:$(ulimit -Hn)
        echo "fresh: root cannot raise the hard limit of open files here: it is ${limits#*:} instead of 524288" >&2
    }
}

work='' child=''

clean_up() {
    trap '' INT TERM HUP
    if [[ $child ]]; then
        kill -KILL "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    rm -f .cache/fresh/*.new
    # The last process in the root may still be writing.
    [[ ! $work ]] || rm -rf --one-file-system "$work" 2>/dev/null || { sleep 2 && rm -rf --one-file-system "$work"; }
    chown -R --reference=. build/fresh .cache/fresh # the tree may belong to an ordinary user
}

# inside USER COMMAND: runs it in the root, in a login of that user. Its processes and mounts end with it.
inside() {
    local code=0
    setsid env --default-signal=INT,QUIT prlimit --nofile="$limits" setpriv --pdeathsig KILL \
        unshare --mount --pid --fork --kill-child tools/fresh/inside.sh "$root" "$@" </dev/null &
    child=$!
    wait "$child" || code=$?
    child=''
    return "$code"
}

failures=0

run_step() {
    local release=$1 user=$2 step=$3 command log took result=ok begin=$SECONDS
    log=build/fresh/$release-$user-$step.log
    command=$(command_of "$step")
    installed >"$work/before"
    inside "$user" "cd revenant && $command" >"$log" 2>&1 || result=FAILED
    took=$((SECONDS - begin))
    installed >"$work/after"
    add_row "$release" "$user" "$step" "$took" "$result"
    echo "fresh: Debian $release, $user, $step: $result in $(minutes "$took")"
    grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" || true
    [[ $result != ok ]] || return 0
    failures=$((failures + 1))
    tail -n 80 "$log"
    echo "fresh: full log: $log"
}

run_user() {
    local release=$1 user=$2 step
    root=$work/root
    unpack_root "$release" "$user"
    for step in "${steps[@]}"; do
        run_step "$release" "$user" "$step"
    done
    rm -rf --one-file-system "$root"
}

read_arguments "$@"
become_root "$@"
check_machine
one_at_a_time fresh
mkdir -p build/fresh .cache/fresh
chown --reference=. build .cache
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
work=$(mktemp -d)
chmod 711 "$work" # an ordinary user's home is below it
export GIT_CONFIG_GLOBAL=$work/gitconfig # git does not trust the tree of another user
git config --global safe.directory '*'
[[ ! $(git --no-optional-locks status --porcelain) ]] || echo "fresh: uncommitted changes are not part of the clone" >&2
read_sources
for release in "${releases[@]}"; do
    make_root "$release"
    for user in "${users[@]}"; do
        run_user "$release" "$user"
    done
done
print_table
((failures == 0))
