# The README's commands (blocks "sh device", "sh host" and "sh baker", verbatim) result in a running device and host.
# Input is provided: yes to apt-get, and the passphrase.
scenario() {
    useradd --create-home baker
    cd /vm/packages
    readme device | as_admin
    say "the device is installed"
    readme host | as_admin
    say "the host is installed"
    await_ready 60
    is_active revenant.target "${units[@]}"
    readme baker | as_baker env REVENANT_PASSPHRASE="$passphrase" REVENANT_DEADLINE=$((30 * patience)) bash -euxo pipefail
    signs "$(next_level)"
    host lock
    refused 'locked' host sign baker "$(attestation "$(next_level)")"
    unlock
}

# readme KIND: the commands of the README block of that kind.
readme() {
    local commands
    commands=$(sed -n "/^\`\`\`sh $1\$/,/^\`\`\`\$/{/^\`\`\`/d;p}" /vm/README.md)
    [[ $commands ]] || fail "the README has no block 'sh $1'"
    echo "$commands"
}
# Replaces sudo, which a small Debian does not have.
as_admin() {
    { echo 'sudo() { "$@"; }' && cat; } >/run/commands
    USER=baker bash -euxo pipefail /run/commands
}
