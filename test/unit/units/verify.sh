#!/bin/bash
# verify.sh BINARIES: systemd-analyze verify reports nothing for the units.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/installed.sh"
. "$(dirname "$(readlink -f "$0")")/../../needs.sh"

needs systemd-analyze
installed "${1:?}"
said=$(systemd-analyze verify --man=no "$units"/*.service "$units"/*.target 2>&1) || { echo "$said" && exit 1; }
echo "$said"
[[ -z $said ]]
