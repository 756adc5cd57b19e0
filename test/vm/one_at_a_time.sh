# one_at_a_time NAME: takes a lock of this name in this tree, held until the script exits. Without it, two machines that
# start at the same time would download the same files into the cache and overwrite each other's. To be sourced.
one_at_a_time() {
    mkdir -p .cache
    exec {turn}>".cache/$1.lock"
    flock "$turn"
}
