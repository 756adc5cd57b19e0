# private_apt ARCH WORK: sets the array apt to an apt-get command for ARCH with its own package lists below WORK, and
# updates them, since this machine's may be old or missing. Does not change this machine's packages. To be sourced.
private_apt() {
    local arch=$1 work=$2
    mkdir -p "$work"/state/lists/partial "$work"/cache/archives/partial
    chmod 755 "$work" # apt downloads as another user
    apt=(apt-get -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State="$work/state"
        -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache" -o Debug::NoLocking=1)
    "${apt[@]}" update -q >&2
}
