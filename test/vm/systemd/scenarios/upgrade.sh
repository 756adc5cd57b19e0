# A package upgrade while the host uses the device: it recovers automatically, unlocked, with all watermarks.
scenario() {
    local level before version
    level=$(next_level)
    before=$(sign "$level")
    version=$(dpkg-query -W -f '${Version}' revenant-device)
    DEBIAN_FRONTEND=noninteractive apt-get install -qqy /vm/newer/revenant-*.deb
    expect "the version" "$(dpkg-query -W -f '${Version}' revenant-device)" "$version+newer"
    say "upgraded"
    await_ready 60
    is_active "${units[@]}"
    await_unlocked 1
    expect "the signature of the same bytes" "$(sign "$level")" "$before"
    refused 33 host sign baker "$(attestation "$level" 3)"
    signs "$(next_level)"
}
