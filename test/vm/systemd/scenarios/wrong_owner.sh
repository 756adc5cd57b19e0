# A data directory with the wrong owner: the gadget logs one message, is retried, and loses nothing.
scenario() {
    mark_journal
    systemctl stop revenant-gadget
    chown -R nobody $store
    systemctl start revenant-gadget || true
    await_journal revenant-gadget "revenant-gadget: .*$store"
    await_retries gadget 3
    chown -R revenant-gadget $store
    await_ready
    unlock
    signs "$(next_level)"
}
