# A full data partition: no signature without a durable watermark, the journal has the cause, and signing resumes with
# free space.
scenario() {
    local level
    data_partition
    level=$(next_level)
    signs "$level"
    mark_journal
    dd if=/dev/zero of=/data/filler bs=4k 2>/dev/null || true
    refused 'No space left' host new of-no-room --kind tz4
    await_journal revenant-gadget '([Nn]o space|full)'
    # The watermark file is already allocated.
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
