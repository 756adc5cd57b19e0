# A full data partition: nothing is signed that could not be written down, the journal says why, and it signs once there is room.
scenario() {
    local level
    data_partition
    level=$(next_level)
    signs "$level"
    mark_journal
    dd if=/dev/zero of=/data/filler bs=4k 2>/dev/null || true
    refused '.' host new of-no-room --kind tz4
    await_journal revenant-gadget '([Nn]o space|full)'
    # The mark's file has its room already.
    signs "$(next_level)"
    mark_journal
    systemctl restart revenant-gadget
    await_ready
    rm /data/filler
    host unlock >/dev/null
    refused 33 host sign baker "$(attestation "$level" 3)"
    signs "$(next_level)"
    host new of-room --kind tz4
    no_data_partition
}
