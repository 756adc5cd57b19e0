# foreign_apt ARCH WORK: sets the array apt to an apt-get of another architecture, with its own package lists below the
# directory WORK, and updates them. This machine's architectures and packages stay what they are. To be sourced.
foreign_apt() {
    local arch=$1 work=$2
    mkdir -p "$work"/state/lists/partial "$work"/cache/archives/partial
    chmod 755 "$work" # apt downloads as another user
    apt=(apt-get -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State="$work/state"
        -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache" -o Debug::NoLocking=1)
    "${apt[@]}" update -q >&2
}
