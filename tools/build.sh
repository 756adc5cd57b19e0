# Configures and compiles. Source this file.

# Number of parallel jobs: one per core, with 1.5 GB of memory each, which a coroutine file with a sanitizer needs.
jobs_that_fit() {
    local cores memory_kb fit
    cores=$(nproc)
    memory_kb=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
    fit=$((memory_kb / 1572864))
    ((fit < 1)) && fit=1
    echo $((fit < cores ? fit : cores))
}

mapfile -t presets < <(sed -nE 's/.*"name": "([a-z0-9]+)", "configurePreset".*/\1/p' CMakePresets.json)

# build PRESET [TARGET...]: shows one line of progress; the compiler's output goes to a log.
build() {
    local preset=$1 target=() options=() log begin=$SECONDS code=0
    shift
    (($# == 0)) || target=(--target "$@")
    if command -v ccache >/dev/null; then
        export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
    fi
    [[ ${CI:-} != true ]] || options+=(-DCMAKE_COMPILE_WARNING_AS_ERROR=ON)
    log=$(log_file "configure-$preset")
    has_blst || say "fetching the source of blst"
    cmake --preset "$preset" "${options[@]}" >"$log" 2>&1 || {
        sed -n '/CMake Error/,$p' "$log" | head -12 >&2
        die "cannot configure preset '$preset': see the message above; log: $log"
    }
    log=$(log_file "build-$preset")
    cmake --build "build/$preset" --parallel "$(jobs_that_fit)" "${target[@]}" 2>&1 | tee "$log" | build_progress "$preset" ||
        code=1
    ((code == 0)) || {
        sed -n '/^FAILED:/,$p' "$log" | grep -vE '^\[[0-9]+/|c\+\+ |^FAILED:' | head -20 >&2
        die "the build '$preset' failed at $(sed -n 's/^FAILED: //p' "$log" | head -1): see the message above; log: $log"
    }
    grep -q '^ninja: no work' "$log" || say "built '$preset' in $(took $((SECONDS - begin)))"
    ! grep -q 'warning:' "$log" || say "the compiler gave $(grep -c 'warning:' "$log") warnings: see $log"
}

# build_progress PRESET: shows ninja's progress; without a terminal one line per fifth.
build_progress() {
    local line count told=0 of
    while read -r line; do
        [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
        count=${BASH_REMATCH[1]} of=${BASH_REMATCH[2]}
        progress "compiling for '$1': $count of $of"
        if [[ ! -t 2 ]] && ((count * 5 / of > told)); then
            told=$((count * 5 / of))
            say "compiling for '$1': $count of $of"
        fi
    done
    progress_end
}
