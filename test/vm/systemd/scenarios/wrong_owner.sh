# A data directory that belongs to somebody else: the gadget says so in one sentence, is tried again, and loses nothing.
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
