# A group that is gone: the journal names it, all are tried again, and all is well once it is back.
scenario() {
    local record
    record=$(getent group revenant-heartbeat)
    mark_journal
    groupdel revenant-heartbeat
    systemctl restart revenant-liveness || true
    await_journal revenant-liveness 'group'
    await_retries liveness 3
    groupadd --system --gid "$(cut -d: -f3 <<<"$record")" revenant-heartbeat
    await_ready
    signs "$(next_level)"
}
