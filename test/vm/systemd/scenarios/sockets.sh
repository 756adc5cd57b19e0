# Each socket accepts only members of its access group.
declare -A group=([registrar/enabled]=revenant-enabled [liveness/heartbeat]=revenant-heartbeat
    [liveness/ready]=revenant-ready [registrar/status]=revenant-operators [gadget/status]=revenant-operators
    [liveness/status]=revenant-operators)
# Members: the users of the services, set in their units.
declare -A members=([revenant-enabled]='revenant-registrar revenant-gadget'
    [revenant-heartbeat]='revenant-gadget revenant-liveness' [revenant-ready]='revenant-liveness revenant-registrar'
    
    [revenant-operators]='baker revenant-registrar revenant-gadget revenant-liveness')

scenario() {
    local socket user path admitted may
    for socket in "${!group[@]}"; do
        path=/run/revenant/$socket.sock
        expect "group and mode of $path" "$(stat -c '%G %a' "$path")" "${group[$socket]} 660"
    done
    for user in revenant-registrar revenant-gadget revenant-liveness baker nobody; do
        admitted=" $(probe "$user" "${!group[@]}" | tr '\n' ' ')"
        say "$user is admitted to$admitted"
        for socket in "${!group[@]}"; do
            may=no
            [[ $admitted != *" $socket "* ]] || may=yes
            if [[ " ${members[${group[$socket]}]} " == *" $user "* ]]; then
                expect "$user admitted to $socket" $may yes
            else
                expect "$user admitted to $socket" $may no
            fi
        done
    done
    await_ready # the probe's heartbeat connection replaced the gadget's
}

# probe USER SOCKET...: prints the sockets that accept the user, with the groups of the user or of the service.
probe() {
    local user=$1 groups program=${1#revenant-}
    shift
    groups=$(id -Gn "$user" | tr ' ' ',')
    [[ ! " ${programs[*]} " == *" $program "* ]] ||
        groups+=,$(systemctl show -P SupplementaryGroups "revenant-$program" | tr ' ' ',')
    # shellcheck disable=SC2016 # expanded by the inner shell
    setpriv --reuid="$user" --regid="$(id -g "$user")" --groups="${groups%,}" bash -c \
        'for socket; do ! socat -u /dev/null "UNIX-CONNECT:/run/revenant/$socket.sock" || echo "$socket"; done' - "$@"
}
