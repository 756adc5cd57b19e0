# A board with read-only programs in /app and a data partition in /data: keys are made, used and kept there.
scenario() {
    mkdir -p /app /data
    mount -t tmpfs -o mode=755 tmpfs /app
    cp /usr/bin/revenant-* /app/
    mount -o remount,ro /app
    mount -t tmpfs -o mode=755,size=8M tmpfs /data
    install -d -m 700 -o revenant-gadget -g revenant-gadget /data/revenant
    cp -a $store/. /data/revenant/
    drop_in revenant-gadget.service <<'DROP_IN'
[Service]
Environment=REVENANT_GADGET_STORE=/data/revenant
ReadWritePaths=/data
ExecStart=
ExecStart=/app/revenant-gadget
DROP_IN
    cp -a $store /vm/store-untouched
    systemctl restart revenant-gadget
    await_ready
    expect "the program" "$(readlink "/proc/$(main_pid gadget)/exe")" /app/revenant-gadget
    host unlock >/dev/null
    signs "$(next_level)"
    host new of-data --kind tz4
    diff -r $store /vm/store-untouched || fail "the other store was written to"

    no_drop_in revenant-gadget.service
    systemctl stop revenant-gadget
    umount /app /data
    systemctl start revenant-gadget
}
