# A gadget with the wrong user logs one message, is retried, and works once the unit is corrected.
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
