# The remote signer as a service: auto-unlock with an encrypted credential, audit log, socket access by group, reload,
# and recovery after a crash of the signer or the device.
scenario() {
    local signer=revenant-signer@all level address reply log=/var/log/revenant/audit-all.jsonl
    local state=/run/revenant/signer-all/status.sock
    host lock >/dev/null
    printf %s "$passphrase" | systemd-creds encrypt --with-key=host --name=passphrase - /etc/revenant/passphrase.cred
    drop_in $signer.service <<'UNIT'
[Service]
LoadCredentialEncrypted=passphrase:/etc/revenant/passphrase.cred
Environment=REVENANT_AUTO_UNLOCK=all
UNIT
    systemctl start $signer
    await_unlocked 1
    await 30 '"lock":"unlocked"' socat -u "UNIX-CONNECT:$state" -
    address=$(host --json list | field address)
    level=$(next_level)
    reply=$(ask "keys/$address" "\"$(attestation "$level")\"")
    [[ $reply == '{"signature":"BLsig'* ]] || fail "the answer is '$reply'"
    reply=$(ask "keys/$address" "\"$(attestation "$level" 3)\"")
    [[ $reply == *'the last mark is at level'* ]] || fail "the second answer is '$reply'"
    expect "lines of the audit log" "$(wc -l <$log)" 2
    expect "owner and mode of it" "$(stat -c '%U %a' $log)" "revenant-signer 600"
    expect "group and mode of the status socket" "$(stat -c '%G %a' $state)" "revenant-operators 660"
    as_baker socat -u /dev/null "UNIX-CONNECT:$state"

    # Invalid settings are ignored, valid ones applied, without a restart.
    local pid
    pid=$(systemctl show -P MainPID $signer)
    echo 'client-keys = nonsense' >>/etc/revenant/host.conf
    systemctl reload $signer
    await 20 'configuration unchanged' journalctl -q -f -n 50 -o cat -u $signer
    [[ $(ask "keys/$address" "\"$(attestation "$level")\"") == *BLsig* ]] || fail "it stopped signing"
    sed -i 's/^client-keys = .*/list-known-keys = true/' /etc/revenant/host.conf
    systemctl reload $signer
    await 20 'configuration reloaded' journalctl -q -f -n 50 -o cat -u $signer
    reply=$(ask known_keys)
    [[ $reply == *"$address"* ]] || fail "known_keys is '$reply'"
    expect "its process" "$(systemctl show -P MainPID $signer)" "$pid"
    sed -i '/^list-known-keys/d' /etc/revenant/host.conf

    systemctl kill -s KILL $signer
    await 30 '"state":"ready"' socat -u "UNIX-CONNECT:$state" -
    systemctl kill -s KILL revenant-gadget
    await_ready
    [[ $(ask "keys/$address" "\"$(attestation "$(next_level)")\"") == *BLsig* ]] || fail "it does not sign after the crashes"
    systemctl stop $signer
    [[ ! -e $state ]] || fail "its socket outlived it"
    no_drop_in $signer.service
    rm /etc/revenant/passphrase.cred
}

# ask PATH [BODY]: the response of the signer. A small Debian has no curl.
ask() {
    local method=GET body=${2:-}
    [[ ! $body ]] || method=POST
    printf '%s /%s HTTP/1.0\r\nContent-Length: %s\r\n\r\n%s' $method "$1" ${#body} "$body" |
        socat -t 30 - TCP:127.0.0.1:20090 | tr -d '\r' | sed '1,/^$/d'
}
