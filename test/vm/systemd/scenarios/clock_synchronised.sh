# chronyd with a reachable source: wait-for-chrony succeeds, and the signer starts after it.
scenario() {
    printf '%s\n' 'local stratum 1' 'allow 127.0.0.0/8' 'port 11123' 'bindaddress 127.0.0.1' 'cmdport 0' 'bindcmdaddress /' \
        'pidfile /run/other-chronyd.pid' >/run/other-chronyd.conf
    chronyd -x -f /run/other-chronyd.conf
    chrony_with 'server 127.0.0.1 port 11123 iburst minpoll 0 trust'
    mark_journal
    starts_signer
    await_journal wait-for-chrony 'the clock is synchronised'
    is_active wait-for-chrony
    kill "$(</run/other-chronyd.pid)"
    chrony_as_it_was
}
