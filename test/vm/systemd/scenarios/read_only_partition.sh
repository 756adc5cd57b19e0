# A data partition that turns read-only, like that of a failing card: no signature without a durable watermark, the
# journal has the cause, the service is retried, and it signs once the partition is writable.
scenario() {
    local level
    data_partition
    level=$(next_level)
    signs "$level"
    mark_journal
    # Emergency remount of all file systems: a normal one fails while a file is open for writing.
    systemctl stop revenant-gadget
    mount -o remount,ro /data
    systemctl start revenant-gadget || true
    await_journal revenant-gadget '[Rr]ead-only'
    await_retries gadget 3
    mount -o remount,rw /data
    await_ready
    host unlock >/dev/null
    refused 33 host sign baker "$(attestation "$level" 3)"
    signs "$(next_level)"
    no_data_partition
}
