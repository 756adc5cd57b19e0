# Runs the tests and counts their totals. Source this file.

runs=0 passed=0 failed=0 skipped=0 # of all runs of ctest
bad_logs=()                       # of runs with failures
no_tests=error                    # how ctest treats a run without tests

# run_ctest PRESET [ARGS]: counts its totals and keeps the log of a failed run. Tests wait more than they compute, so two
# run on each processor; with a sanitizer they compute.
run_ctest() {
    local preset=$1 log code=0 total bad skips jobs begin=$SECONDS
    shift
    runs=$((runs + 1))
    log=$(log_file "ctest-$runs-$preset")
    jobs=$(nproc)
    [[ $preset == [at]san ]] || jobs=$((jobs * 2))
    say "testing '$preset' $*"
    ctest --test-dir "build/$preset" --output-on-failure --no-tests=$no_tests \
        --parallel "$jobs" "$@" 2>&1 |
        tee "$log" || code=$?
    if total=$(sed -nE 's/.*tests passed, ([0-9]+) tests failed out of ([0-9]+)$/\1 \2/p' "$log") && [[ $total ]]; then
        bad=${total% *}
        skips=$(grep -cE '^ *[0-9]+/[0-9]+ Test +#.*\*\*\*Skipped' "$log") || true
        passed=$((passed + ${total#* } - bad - skips))
        skipped=$((skipped + skips))
    else
        bad=0
    fi
    ((bad > 0 || code == 0)) || bad=1 # ctest itself failed, or found no test
    failed=$((failed + bad))
    ((bad == 0)) || { cp "$log" build/test-logs/ && bad_logs+=("$log"); }
    say "tested in $(took $((SECONDS - begin)))"
}

# failures LOG: the failed tests in it, each with the end of its output.
failures() {
    awk -v most=60 '
        /^ *[0-9]+\/[0-9]+ Test +#/ { tell(); told = /\*\*\*/ && !/\*\*\*Skipped/ ? 1 : 0; count = 0; if (told) print; next }
        /^ +Start +[0-9]+:/ { next }
        /^[0-9]+% tests passed/ { tell(); told = 0 }
        told { lines[count++] = $0 }
        function tell(  i) {
            if (told)
                for (i = count > most ? count - most : 0; i < count; ++i) print lines[i]
        }' "$1"
}

# The short tier: the README's test command.
test_short() {
    setup build test vm
    build test
    run_ctest test --label-regex '^(unit|integration|vm_short)$' "$@"
}

# All tests outside the short tier and `asan`. The two virtual machines run in parallel, also with the browser tests.
test_rest() {
    setup build test vm browser package
    build test
    package # also for systemd.run, which installs them
    build test revenant-bench # compiled only: no test runs it
    run_ctest test --label-regex '^(long|vm|systemd|browser)$' "$@"
    build tsan threaded_tests
    # Programs that are not built there have no threads.
    run_ctest tsan --exclude-regex '_NOT_BUILT$|^fuzz_corpus_' --label-regex '^(unit|integration)$' "$@"
}

# AddressSanitizer and UndefinedBehaviorSanitizer, without the tests that compare speeds.
test_asan() {
    local speed='^(monitor_harm\.|starved\.|worlds_test\.reused_socket_|program\.change_reaches_)'
    setup build test
    build asan
    run_ctest asan --exclude-regex "$speed" --label-regex '^(unit|integration)$' "$@"
}

# All tiers, and the models with more states.
test_all() {
    test_short "$@" && test_rest "$@" && test_asan "$@"
    run_ctest test --label-regex '^deep$' "$@"
}

# known_to_ctest WORD: whether ctest has this option. It ignores an unknown one and runs everything.
known_to_ctest() {
    [[ $1 == -* ]] && command -v ctest >/dev/null || return 0
    ctest --help | grep -E -- "(^|[ ,])${1%%=*}([ =,]|\$)" >/dev/null
}

# run_tests [--unit|--rest|--asan|--all|--soak] [ARGUMENTS OF CTEST]
run_tests() {
    local tier=short rest=() log total
    for word in "$@"; do
        case $word in
            --unit | --rest | --asan | --all | --soak) tier=${word#--} ;;
            --quick) die "unknown tier '$word': use --unit" ;;
            *)
                known_to_ctest "$word" || die "unknown argument '$word' of test: see ./dev help, or ctest --help"
                rest+=("$word")
                ;;
        esac
    done
    ((${#rest[@]} == 0)) || no_tests=ignore # a selection need not match in each run
    rm -rf build/test-logs
    mkdir -p build/test-logs
    case $tier in
        unit)
            setup build test
            build test unit_tests
            run_ctest test --label-regex '^unit$' "${rest[@]}"
            ;;
        short | rest | asan | all) "test_$tier" "${rest[@]}" ;;
        soak)
            test_all "${rest[@]}"
            run_ctest test --label-regex '^soak$' "${rest[@]}"
            ;;
    esac
    for log in "${bad_logs[@]}"; do
        say "failures in $(basename "$log" .log):"
        failures "$log"
    done
    ((failed == 0)) || say "logs of failed runs are in build/test-logs"
    total=$((passed + failed + skipped))
    echo
    echo "$((total ? passed * 100 / total : 0))% tests passed, $failed tests failed out of $total"
    echo "$passed passed, $failed failed, $skipped skipped"
    if ((skipped)) && [[ ${CI:-} == true ]]; then
        grep -hE 'Test +#.*\*\*\*Skipped' build/logs/ctest-*.log >&2
        die "$skipped tests were skipped: in CI all tests must run"
    fi
    ((failed == 0 && passed > 0))
}
