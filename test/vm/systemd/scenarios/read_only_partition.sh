# A data partition that turns read-only, as a dying card does: nothing is signed that could not be written down, the journal
# says why, the service is tried again, and it signs once the partition is mended.
scenario() {
    local level
    data_partition
    level=$(next_level)
    signs "$level"
    mark_journal
    # Not while a file is open for writing, unless by force: a remount of the whole.
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
