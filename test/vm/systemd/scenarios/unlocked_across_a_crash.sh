# The service manager stores the descriptors of unlocked keys: after a crash the gadget signs without the passphrase.
scenario() {
    (($(systemctl show -P NFileDescriptorStore revenant-gadget) > 0)) || fail "systemd holds no descriptor"
    mark_journal
    kill -SEGV "$(main_pid gadget)"
    await_journal revenant-gadget '^Started '
    await_status gadget '"keys_restored_unlocked":1[,}]'
    await_ready
    signs "$(next_level)"
}
