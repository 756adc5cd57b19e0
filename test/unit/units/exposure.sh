#!/bin/bash
# exposure.sh BINARIES: checks the exposure score (systemd-analyze security, in tenths) of each unit against its limit.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/installed.sh"
. "$(dirname "$(readlink -f "$0")")/../../needs.sh"

needs systemd-analyze
installed "${1:?}"
declare -A most=([revenant-gadget]=10 [revenant-liveness]=10 [revenant-registrar]=30
    [revenant-signer@]=20 [revenant-monitor]=20 [wait-for-chrony]=20)
failed=0
for unit in "${!most[@]}"; do
    table=$(systemd-analyze security --no-pager --offline=yes --threshold="${most[$unit]}" "$units/$unit.service" 2>&1) ||
        { echo "$table" && failed=1; }
    echo "$table" | tail -1
done
exit $failed
