# shellcheck shell=bash disable=SC2154 # variables of the sourcing script
# Measures the time and space of a step. Source this file.
rows=()

minutes() {
    printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# installed: prints sorted lines of package, version and size in KiB.
installed() {
    dpkg-query --admindir="$root/var/lib/dpkg" --show \
        --showformat '${db:Status-Status} ${Package} ${Version} ${Installed-Size}\n' | sed -n 's/^installed //p' | sort
}

# megabytes_of_archives FILE: download size of the packages in the lines of FILE, from apt's lists.
megabytes_of_archives() {
    [[ -s $1 ]] || { echo 0 && return; }
    awk '{ print $1 "=" $2 }' "$1" | xargs chroot "$root" apt-cache show 2>/dev/null | awk '
        /^Package:/ { package = $2 }
        /^Version:/ { package = package "=" $2 }
        /^Size:/ && !seen[package]++ { sum += $2 }
        END { printf "%.0f", sum / 1e6 }'
}

# add_row RELEASE USER STEP SECONDS RESULT: adds a row with the packages that are in $work/after but not in $work/before.
add_row() {
    local disk
    comm -13 "$work/before" "$work/after" >"$work/new"
    disk=$(awk '{ sum += $3 } END { printf "%.0f", sum * 1024 / 1e6 }' "$work/new")
    rows+=("$1" "$2" "$3" "$(wc -l <"$work/new")" "$(megabytes_of_archives "$work/new")" "$disk" "$(minutes "$4")" "$5")
}

print_table() {
    local form='%-7s  %-6s  %-7s  %8s  %11s  %7s  %7s  %s\n'
    echo
    # shellcheck disable=SC2059
    printf "$form" release user step packages 'MB download' 'MB disk' min:sec result "${rows[@]}"
}
