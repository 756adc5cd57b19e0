# A program that crashes 30 times in a row at start is still restarted and recovers.
scenario() {
    local program
    for program in "${programs[@]}"; do
        echo 30 >"/run/crashes-$program"
        drop_in "revenant-$program.service" <<DROP_IN
[Service]
ExecStartPre=+/bin/sh -c 'read n </run/crashes-$program; [ \$\$n = 0 ] || { echo \$\$((n - 1)) >/run/crashes-$program; kill -SEGV \$\$\$\$; }'
DROP_IN
    done
    mark_journal
    systemctl kill --signal=KILL "${programs[@]/#/revenant-}"
    for program in "${programs[@]}"; do
        await_journal "revenant-$program" '^Started ' 100
        expect "crashes of $program that are left" "$(cat "/run/crashes-$program")" 0
        say "$program: $(restarts "$program") restarts"
        (($(restarts "$program") >= 30)) || fail "$program was restarted $(restarts "$program") times"
    done
    await_ready
    signs "$(next_level)"
}
