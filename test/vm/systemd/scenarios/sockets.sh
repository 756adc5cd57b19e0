# Each socket admits who is in its access group, and nobody else.
declare -A group=([registrar/enabled]=revenant-enabled [liveness/heartbeat]=revenant-heartbeat
    [liveness/ready]=revenant-ready [registrar/status]=revenant-operators [gadget/status]=revenant-operators
    [liveness/status]=revenant-operators)
# Who is in it: the users of the services by their units.
declare -A members=([revenant-enabled]='revenant-registrar revenant-gadget'
    [revenant-heartbeat]='revenant-gadget revenant-liveness' [revenant-ready]='revenant-liveness revenant-registrar'
    [revenant-operators]='baker')

scenario() {
    local socket user path admitted
    for socket in "${!group[@]}"; do
        path=/run/revenant/$socket.sock
        expect "group and mode of $path" "$(stat -c '%G %a' "$path")" "${group[$socket]} 660"
        for user in revenant-registrar revenant-gadget revenant-liveness baker nobody; do
            admitted=no
            probe "$user" "$path" && admitted=yes
            say "$user, $socket: $admitted"
            if [[ " ${members[${group[$socket]}]} " == *" $user "* ]]; then
                expect "$user admitted to $path" $admitted yes
            elif [[ $user == baker || $user == nobody || ${group[$socket]} != revenant-operators ]]; then
                expect "$user admitted to $path" $admitted no
            fi
        done
    done
    await_ready # a stranger's heartbeat connection took the place of the gadget's
}

# probe USER SOCKET: connects with the groups that the user has, or that his service has.
probe() {
    local groups program=${1#revenant-}
    groups=$(id -Gn "$1" | tr ' ' ',')
    [[ ! " ${programs[*]} " == *" $program "* ]] ||
        groups+=,$(systemctl show -P SupplementaryGroups "revenant-$program" | tr ' ' ',')
    setpriv --reuid="$1" --regid="$(id -g "$1")" --groups="${groups%,}" socat -u /dev/null "UNIX-CONNECT:$2"
}
