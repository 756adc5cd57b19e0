# Each killed program is restarted, and the device signs again without intervention.
scenario() {
    local program pid
    for program in "${programs[@]}"; do
        say "$program"
        pid=$(main_pid "$program")
        mark_journal
        kill -KILL "$pid"
        await_journal "revenant-$program" '^Started '
        [[ $(main_pid "$program") != "$pid" ]] || fail "$program has still the pid $pid"
        await_ready
        signs "$(next_level)"
    done
    is_active "${units[@]}"
}
