# What the README tells a newcomer to do leads to a device and a host that run.
scenario() {
    say "install"
    cd /vm/packages
    DEBIAN_FRONTEND=noninteractive apt-get install -qqy ./revenant-device_*.deb ./revenant-host_*.deb
    say "installed"
    await_ready 60
    is_active revenant.target "${units[@]}"

    useradd --create-home baker
    usermod --append --groups revenant-operators baker
    host devices | grep -q ready || fail "revenant devices shows no ready device: $(host devices)"
    say "init"
    host init
    host new baker --kind tz4
    refused 'locked' host sign baker "$(attestation "$(next_level)")"
    unlock
    say "sign"
    signs "$(next_level)"
}
