# shellcheck shell=bash disable=SC2016,SC2154 # of apt and mmdebstrap; set by the one that sources it
# The root file system of a Debian release with a clone of this tree in it. To be sourced.
. test/vm/private_apt.sh

# Beyond what is essential and required: what a person needs to have a clone.
root_packages=sudo,git,ca-certificates

codename_of() {
    case $1 in
        12) echo bookworm ;;
        13) echo trixie ;;
    esac
}

# read_sources: what this machine's apt has of Debian, into $work/sources: lines of a URI and the suffix of the suite.
read_sources() {
    local machine
    machine=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    mkdir "$work/apt"
    private_apt "$(dpkg --print-architecture)" "$work/apt" 2>"$work/apt.log" || {
        tail -n 5 "$work/apt.log" >&2
        die "apt's sources cannot be read: see apt-get's message above"
    }
    "${apt[@]}" indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) | $(LABEL)' 'Created-By: Packages' |
        sed -nE "s/^([^ ]+) $machine(-updates|-security)? main \| Debian.*$/\1 \2/p" >"$work/sources"
    [[ -s $work/sources ]] || die "apt's sources name no Debian $machine: add it to /etc/apt/sources.list.d"
    # How the mirror is reached.
    apt-config dump | grep -E '^Acquire::(https?::|Check-)' >"$work/apt.conf" || true
}

# sources_of CODENAME: its lines of sources.list, as far as the mirror has them.
sources_of() {
    local uri suffix
    while read -r uri suffix; do
        /usr/lib/apt/apt-helper download-file "${uri%/}/dists/$1$suffix/InRelease" "$work/InRelease" >/dev/null 2>&1 ||
            continue
        echo "deb $uri $1$suffix main"
    done <"$work/sources"
}

# make_root RELEASE: the root's archive, into the cache unless it is there. Sets root_archive.
make_root() {
    local codename sources key options=() begin=$SECONDS
    codename=$(codename_of "$1")
    sources=$(sources_of "$codename")
    grep -q " $codename main$" <<<"$sources" ||
        die "the mirror in apt's sources has no Debian $codename: put one that has it into /etc/apt/sources.list.d"
    [[ ! -s $work/apt.conf ]] || options=(--aptopt="$work/apt.conf")
    key=$(cat - "$work/apt.conf" <<<"$sources $root_packages" | sha256sum | cut -c1-12)
    root_archive=.cache/fresh/$codename-$key.tar
    [[ ! -e $root_archive ]] || return 0
    rm -f .cache/fresh/"$codename"-*
    TMPDIR=$work mmdebstrap --quiet --mode=root --format=tar --variant=minbase --include=$root_packages \
        --keyring=/usr/share/keyrings/debian-archive-keyring.gpg "${options[@]}" --dpkgopt=force-unsafe-io \
        --customize-hook='rm -f "$1"/etc/dpkg/dpkg.cfg.d/*mmdebstrap' \
        "$codename" "$root_archive.new" - <<<"$sources" >&2 ||
        die "the root of Debian $1 cannot be made: see mmdebstrap's message above"
    mv "$root_archive.new" "$root_archive"
    echo "fresh: the root of Debian $1 made in $((SECONDS - begin)) s, $(($(stat -c %s "$root_archive") / 1000000)) MB"
}

# unpack_root RELEASE USER: the root anew, with that user and the clone.
unpack_root() {
    local user=$2 home=$root/root
    mkdir "$root"
    tar -C "$root" --numeric-owner -xf "$root_archive"
    carry_network
    # No service starts: there is no service manager, and the network is this machine's.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    if [[ $user != root ]]; then
        home=$root/home/$user
        chroot "$root" useradd --create-home --shell /bin/bash "$user"
        echo "$user ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/$user"
    fi
    # No links to the objects of this tree, whose owner would change too.
    git clone --quiet --no-hardlinks . "$home/revenant"
    chroot "$root" chown -R "$user:" "${home#"$root"}/revenant"
}

carried_variables() {
    compgen -A export | grep -E '^(CI|PIP_.*|NODE_EXTRA_CA_CERTS|(https?|no)_proxy|(HTTPS?|NO)_PROXY)$' || true
}

# carry_network: the names, certificates and registries of this machine, as far as it has settings for them.
carry_network() {
    local file name
    cp --remove-destination /etc/resolv.conf /etc/hosts "$root/etc"
    echo "127.0.1.1 $(uname -n)" >>"$root/etc/hosts" # sudo looks its machine up
    for file in /usr/local/share/ca-certificates/*.crt; do
        [[ ! -e $file ]] || cp "$file" "$root/usr/local/share/ca-certificates"
    done
    chroot "$root" update-ca-certificates >/dev/null 2>&1
    for file in /etc/ssl/certs/ca-certificates.crt /etc/pip.conf; do
        [[ ! -e $file ]] || cp "$file" "$root$file"
    done
    for file in /etc/npmrc "${HOME:-/root}/.npmrc"; do
        # No more than that: there may be a password in it.
        grep -hsE '^(registry|cafile|proxy|https-proxy|noproxy) *=' "$file" >>"$root/etc/npmrc" || true
    done
    for name in $(carried_variables); do
        # A directory of this machine is not in the root.
        [[ ${!name} == /* && ! -e $root${!name} ]] || echo "$name=${!name}" >>"$root/etc/environment"
    done
}
