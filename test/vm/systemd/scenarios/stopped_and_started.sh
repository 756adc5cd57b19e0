# Each service can be stopped and started alone; without the gadget or liveness the device is not ready.
scenario() {
    local program
    for program in "${programs[@]}"; do
        say "$program"
        systemctl stop "revenant-$program"
        expect "revenant-$program" "$(systemctl is-active "revenant-$program" || true)" inactive
        expect "how $program ended" "$(systemctl show -P Result "revenant-$program")" success
        case $program in
            gadget) await_status liveness '"state":"waiting"' ;;
            liveness) await_status registrar '"ready":false' ;;
        esac
        systemctl start "revenant-$program"
        await_ready
    done
    # Stopped by the operator: keys are locked.
    await_unlocked 0
    unlock
    signs "$(next_level)"
}
