# Metrics: time from power-on to ready, and memory with one unlocked key. Times are ratios on an emulated board.
before_reboot() { :; }
after_reboot() {
    local begin program pss=0 one
    await_ready 120
    figure boot_to_ready_s "$(journalctl -q -b -o short-monotonic -u revenant-liveness |
        sed -nE 's/^\[ *([0-9.]+)\].*gadget heartbeat received.*/\1/p' | head -1)"
    figure gadget_peak_before_unlock_kib "$(peak)"
    begin=$(date +%s%N)
    unlock
    figure unlock_ms $((($(date +%s%N) - begin) / 1000000))
    figure gadget_peak_by_unlock_kib "$(peak)"
    begin=$(date +%s%N)
    signs "$(next_level)"
    figure sign_ms $((($(date +%s%N) - begin) / 1000000))
    for program in "${programs[@]}"; do
        one=$(awk '/^Pss:/ {print $2}' "/proc/$(main_pid "$program")/smaps_rollup")
        figure "${program}_pss_kib" "$one"
        pss=$((pss + one))
    done
    figure device_pss_kib $pss
    ((pss <= 20 * 1024)) || fail "the three programs take $pss KiB, more than 20 MiB"
}
figure() {
    [[ $2 ]] || fail "no value for $1"
    echo "figure $1 $2"
}
# Peak memory of the gadget so far, in KiB.
peak() { awk '/^VmHWM:/ {print $2}' "/proc/$(main_pid gadget)/status"; }
