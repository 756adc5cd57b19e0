# Removed and purged: no unit, no process, no USB function, no mount is left; the keys are, and one sentence says so.
scenario() {
    local said
    cp -a $store /vm/store-before
    touch /vm/removed # for tidy
    apt-get remove -qqy revenant-device revenant-host
    expect "units that are left" "$(systemctl list-units --all --plain --no-legend 'revenant*' 'wait-for-chrony*')" ""
    expect "processes that are left" "$(pgrep --list-full '^revenant' || true)" ""
    expect "functions that are left" "$(ls /sys/kernel/config/usb_gadget)" ""
    ! grep revenant /proc/mounts || fail "a mount is left"
    [[ -e /etc/revenant/gadget.conf ]] || fail "the settings are gone: they are kept until the purge"
    said=$(apt-get purge -qqy revenant-device revenant-host 2>&1)
    say "$said"
    [[ $said == *"$store"* ]] || fail "the purge does not say that the keys in $store are kept"
    diff -r $store /vm/store-before || fail "the keys are not what they were"
    expect "settings that are left" "$(ls /etc/revenant 2>/dev/null)" ""
}
