# The journal has each program's lines under its unit, with their priorities.
scenario() {
    local program
    for program in "${programs[@]}"; do
        lines "$program" info | grep -q . || fail "the journal has no line of $program with priority info"
    done
    # Only messages that need attention have priority warning or higher.
    mark_journal
    drop_in revenant-gadget.service <<<$'[Service]\nEnvironment=REVENANT_GADGET_STORE=/proc/none'
    systemctl restart revenant-gadget || true
    await_journal revenant-gadget /proc/none
    lines gadget err | grep -q /proc/none || fail "the error has no priority of an error: $(journalctl -o verbose -n 3 -u revenant-gadget)"
    no_drop_in revenant-gadget.service
    systemctl restart revenant-gadget
}
# lines PROGRAM PRIORITY: the program's own lines in this boot with exactly this priority.
lines() { journalctl -q -b -o cat -p "$2..$2" -u "revenant-$1" _SYSTEMD_UNIT="revenant-$1.service"; }
