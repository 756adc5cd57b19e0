# Without chrony the signer still starts, and wait-for-chrony logs the missing program.
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
