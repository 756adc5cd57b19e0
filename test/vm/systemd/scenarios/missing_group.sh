# A missing group: the journal names it, the services are retried and work once it exists again.
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
