# one_at_a_time NAME: waits until no other script that says the same name is at work in this tree; until the script ends.
# Two machines that are started at once would each fetch what neither finds in the cache, and one take it from the other.
# To be sourced.
one_at_a_time() {
    mkdir -p .cache
    exec {turn}>".cache/$1.lock"
    flock "$turn"
}
