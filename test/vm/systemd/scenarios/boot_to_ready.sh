# After boot the device becomes ready without a login.
before_reboot() { :; }
after_reboot() {
    await_ready 60
    say "ready"
    is_active revenant.target "${units[@]}"
    expect "who is logged in" "$(who)" ""
    await_status registrar '"ready":true'
    host devices | grep -q ready || fail "revenant devices: $(host devices)"
}
