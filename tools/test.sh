# Runs of the tests and their totals. To be sourced.

runs=0 passed=0 failed=0 skipped=0 # of all runs of ctest
bad_logs=()                       # of runs in which something failed
no_tests=error                    # what a run without any test is

# run_ctest PRESET [ARGS]: counts its totals and keeps the log of what failed. Tests wait more than they compute, so that
# two at a time run on each processor.
run_ctest() {
    local preset=$1 log code=0 total bad skips begin=$SECONDS
    shift
    runs=$((runs + 1))
    log=$(log_file "ctest-$runs-$preset")
    say "testing '$preset' $*"
    ctest --test-dir "build/$preset" --output-on-failure --no-tests=$no_tests \
        --parallel "$(($(nproc) * 2))" "$@" 2>&1 |
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

# failures LOG: the tests that failed in it, each with the end of what it printed.
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

# The short tier: what the README's command runs.
test_short() {
    setup build test vm
    build test
    run_ctest test --label-regex '^(unit|integration|vm_short)$' "$@"
}

# All beyond the short tier but `asan`. The two machines run beside each other, and beside what others look at.
test_rest() {
    setup build test vm browser package
    build test
    package # also what systemd.run installs
    build test revenant-bench # no test runs it
    run_ctest test --label-regex '^(long|vm|systemd|browser)$' "$@"
    build tsan threaded_tests
    # What was not built there has no threads.
    run_ctest tsan --exclude-regex '_NOT_BUILT$|^fuzz_corpus_' --label-regex '^(unit|integration)$' "$@"
}

# AddressSanitizer and UndefinedBehaviorSanitizer.
test_asan() {
    setup build test
    build asan
    run_ctest asan --label-regex '^(unit|integration)$' "$@"
}

# The tiers in which all tests are.
test_all() {
    test_short "$@" && test_rest "$@" && test_asan "$@"
}

# run_tests [--unit|--rest|--asan|--all|--soak] [ARGUMENTS OF CTEST]
run_tests() {
    local tier=short rest=() log total
    for word in "$@"; do
        case $word in
            --unit | --rest | --asan | --all | --soak) tier=${word#--} ;;
            --quick) die "there is no tier '$word': use --unit" ;;
            *) rest+=("$word") ;;
        esac
    done
    ((${#rest[@]} == 0)) || no_tests=ignore # a selection need not exist in each run
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
        say "what failed in $(basename "$log" .log):"
        failures "$log"
    done
    ((failed == 0)) || say "logs of what failed are in build/test-logs"
    total=$((passed + failed + skipped))
    echo
    echo "$((total ? passed * 100 / total : 0))% tests passed, $failed tests failed out of $total"
    echo "$passed passed, $failed failed, $skipped skipped"
    if ((skipped)) && [[ ${CI:-} == true ]]; then
        grep -hE 'Test +#.*\*\*\*Skipped' build/logs/ctest-*.log >&2
        die "$skipped tests were skipped: in CI each test must run"
    fi
    ((failed == 0 && passed > 0))
}
