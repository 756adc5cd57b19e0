# Without chrony the signer starts all the same, and wait-for-chrony says what is missing.
scenario() {
    systemctl stop chrony
    systemctl mask --runtime chrony
    mark_journal
    drop_in wait-for-chrony.service <<<$'[Service]\nEnvironment=WAIT_FOR_CHRONY=5'
    starts_signer
    await_journal wait-for-chrony 'chronyd does not answer'
    expect "wait-for-chrony" "$(systemctl is-active wait-for-chrony || true)" failed
    systemctl unmask --runtime chrony
    systemctl start chrony
}
