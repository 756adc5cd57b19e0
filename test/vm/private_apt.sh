# private_apt ARCH WORK: sets the array apt to an apt-get of any architecture with package lists of its own below the
# directory WORK, and updates them: this machine's may be old or not there. Its packages stay what they are. To be sourced.
private_apt() {
    local arch=$1 work=$2
    mkdir -p "$work"/state/lists/partial "$work"/cache/archives/partial
    chmod 755 "$work" # apt downloads as another user
    apt=(apt-get -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State="$work/state"
        -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache" -o Debug::NoLocking=1)
    "${apt[@]}" update -q >&2
}
