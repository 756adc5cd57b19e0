# After removal and purge no unit, process, USB function or mount is left; the keys are kept, and a message says so.
scenario() {
    local said
    cp -a $store /vm/store-before
    touch /vm/removed # read by tidy
    apt-get remove -qqy revenant-device revenant-host
    expect "units that are left" "$(systemctl list-unit-files --no-legend 'revenant*' 'wait-for-chrony*' || true)" ""
    # A unit with a link in /etc is listed as not-found until the purge.
    expect "units that run or failed" "$(systemctl list-units --all --plain --no-legend 'revenant*' 'wait-for-chrony*' |
        grep -v ' not-found  *inactive ' || true)" ""
    expect "processes that are left" "$(pgrep --list-full '^revenant' || true)" ""
    expect "functions that are left" "$(ls /sys/kernel/config/usb_gadget)" ""
    ! grep revenant /proc/mounts || fail "a mount is left"
    [[ -e /etc/revenant/gadget.conf ]] || fail "the settings are gone: they are kept until the purge"
    said=$(apt-get purge -qqy revenant-device revenant-host 2>&1)
    say "$said"
    [[ $said == *"$store"* ]] || fail "the purge does not say that the keys in $store are kept"
    # The stop wrote the marks at rest.
    diff -r --exclude=marks $store /vm/store-before || fail "the keys are not what they were"
    expect "marks" "$(ls $store/marks)" "$(ls /vm/store-before/marks)"
    expect "links that are left" "$(find /etc/systemd -type l \( -name 'revenant*' -o -name 'wait-for-chrony*' \))" ""
    expect "settings that are left" "$(ls /etc/revenant 2>/dev/null || true)" ""
}
