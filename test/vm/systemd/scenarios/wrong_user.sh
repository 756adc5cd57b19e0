# A gadget that runs as the wrong user says so in one sentence, is tried again, and works once the unit is right again.
scenario() {
    mark_journal
    drop_in revenant-gadget.service <<<$'[Service]\nUser=nobody'
    systemctl restart revenant-gadget || true
    await_journal revenant-gadget 'revenant-gadget: .*(/var/lib/revenant|[Pp]ermission)'
    await_retries gadget 3
    no_drop_in revenant-gadget.service
    await_ready
    unlock
    signs "$(next_level)"
}
