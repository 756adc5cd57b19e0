# After a reboot all keys are locked; the passphrase unlocks them, and the watermarks are kept.
before_reboot() {
    unlock
    next_level >/vm/level-before
    sign "$(</vm/level-before)" >/vm/signature-before
}
after_reboot() {
    await_ready 60
    await_unlocked 0
    refused locked host sign baker "$(attestation "$(next_level)")"
    unlock
    expect "the signature of the same bytes" "$(sign "$(</vm/level-before)")" "$(</vm/signature-before)"
    refused 33 host sign baker "$(attestation "$(</vm/level-before)" 3)"
    signs "$(next_level)"
}
