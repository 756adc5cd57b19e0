# A board with read-only programs in /app and a data partition in /data: keys are created, used and kept in /data.
scenario() {
    mkdir -p /app/bin
    mount -t tmpfs -o mode=755 tmpfs /app
    mkdir /app/bin
    cp /usr/bin/revenant-gadget /app/bin/
    mount -o remount,ro /app
    cp -a $store /vm/store-untouched
    drop_in revenant-gadget.service </usr/share/doc/revenant-device/examples/app-partition.conf
    data_partition
    expect "the program" "$(readlink "/proc/$(main_pid gadget)/exe")" /app/bin/revenant-gadget
    signs "$(next_level)"
    host new of-data --kind tz4
    find /data/revenant | grep -q of-data || fail "the new key is not in /data/revenant: $(find /data/revenant)"
    diff -r $store /vm/store-untouched || fail "the other store was written to"
    no_drop_in revenant-gadget.service
    no_data_partition
    umount /app
}
