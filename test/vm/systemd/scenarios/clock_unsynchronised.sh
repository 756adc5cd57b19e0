# chronyd without reachable sources: the wait ends at its limit and logs it, and the signer still starts.
scenario() {
    local begin=$SECONDS
    chrony_with 'server 127.0.0.2 iburst'
    mark_journal
    drop_in wait-for-chrony.service <<<$'[Service]\nEnvironment=WAIT_FOR_CHRONY=5'
    starts_signer
    await_journal wait-for-chrony "none of chronyd's 1 sources answered"
    ((SECONDS - begin < 40 * patience)) || fail "it took $((SECONDS - begin)) s"
    expect "wait-for-chrony" "$(systemctl is-active wait-for-chrony || true)" failed
    chrony_as_it_was
}
