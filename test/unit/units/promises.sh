#!/bin/bash
# promises.sh BINARIES: checks required settings of all long-running units.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/installed.sh"

installed "${1:?}"
failed=0
has() { # UNIT LINE...
    local unit=$1 line
    shift
    for line in "$@"; do
        grep -qxF "$line" "$units/$unit" || { echo "$unit: lacks $line" && failed=1; }
    done
}
lacks() { # UNIT REGEX
    ! grep -nE "$2" "$units/$1" || { echo "$1: has what it must not have" && failed=1; }
}

for unit in revenant-{registrar,gadget,liveness,monitor}.service revenant-signer@.service; do
    has "$unit" Type=notify WatchdogSec=15 Restart=always StartLimitIntervalSec=0 LimitNOFILE=4096 TasksMax=256 LimitCORE=0 \
        NoNewPrivileges=yes ProtectSystem=strict PrivateTmp=yes
    lacks "$unit" '^(RemainAfterExit|PrivateUsers|StandardOutput|StandardError|DynamicUser)='
    # Units can be restarted alone and started in any order.
    lacks "$unit" '^(Requires|Requisite|BindsTo)='
done
for unit in revenant-{registrar,gadget,liveness}.service; do
    has "$unit" PrivateNetwork=yes RestrictAddressFamilies=AF_UNIX PartOf=revenant.target WantedBy=revenant.target
    lacks "$unit" '^RuntimeDirectory=' # sockets must survive a restart
done
has revenant-signer@.service 'ExecReload=/bin/kill -HUP $MAINPID' SystemCallFilter=@chown RuntimeDirectory=revenant/signer-%i \
    LogsDirectory=revenant
has revenant-gadget.service FileDescriptorStoreMax=4 MemorySwapMax=0
has wait-for-chrony.service Type=oneshot RemainAfterExit=yes WantedBy=multi-user.target
# Its mount must be visible to the other units.
lacks revenant-usb-setup.service '^(Protect(System|Home|Proc|Kernel.*|Control.*|Clock|Hostname)|Private.*|ReadWritePaths|ProcSubset)='

memory=0
for unit in revenant-{registrar,gadget,liveness}.service; do
    megabytes=$(sed -n 's/^MemoryMax=\([0-9]*\)M$/\1/p' "$units/$unit")
    memory=$((memory + ${megabytes:?of $unit}))
done
((memory <= 384)) || { echo "the device's programs may take $memory MB of a board's 512" && failed=1; }
exit $failed
