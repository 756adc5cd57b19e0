# installed BINARIES: creates the directory $units with all units as installed, and $bindir and $libexecdir with their
# programs. To be sourced.
installed() {
    local source file
    source=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../../units" && pwd)
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    units=$work/units bindir=$1 libexecdir=$work/libexec
    mkdir -p "$units" "$libexecdir/revenant"
    cp "$source/host/wait-for-chrony" "$libexecdir/revenant/"
    for file in "$source"/*/*.service "$source"/*/*.target; do
        sed "s#@bindir@#$bindir#; s#@libexecdir@#$libexecdir#" "$file" >"$units/$(basename "$file")"
    done
}
