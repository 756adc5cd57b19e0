# shellcheck shell=bash disable=SC2016,SC2154 # syntax of apt and mmdebstrap; variables of the sourcing script
# Makes the root file system of a Debian release with a clone of this tree. Source this file.
. test/vm/private_apt.sh

# In addition to essential and required packages: what a user needs to clone the tree.
root_packages=sudo,git,ca-certificates

codename_of() {
    case $1 in
        12) echo bookworm ;;
        13) echo trixie ;;
    esac
}

# read_sources: writes the Debian sources of this machine's apt to $work/sources, as lines of URI and suffix of the suite.
read_sources() {
    local machine
    machine=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    mkdir "$work/apt"
    private_apt "$(dpkg --print-architecture)" "$work/apt" 2>"$work/apt.log" || {
        tail -n 5 "$work/apt.log" >&2
        die "cannot read apt's sources: see apt-get's message above"
    }
    "${apt[@]}" indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) | $(LABEL)' 'Created-By: Packages' |
        sed -nE "s/^([^ ]+) $machine(-updates|-security)? main \| Debian.*$/\1 \2/p" >"$work/sources"
    [[ -s $work/sources ]] || die "apt's sources lack Debian $machine: add it to /etc/apt/sources.list.d"
    # Proxy and transport settings for the mirror.
    apt-config dump | grep -E '^Acquire::(https?::|Check-)' >"$work/apt.conf" || true
}

# sources_of CODENAME: its lines of sources.list, for the suites that the mirror has.
sources_of() {
    local uri suffix
    while read -r uri suffix; do
        /usr/lib/apt/apt-helper download-file "${uri%/}/dists/$1$suffix/InRelease" "$work/InRelease" >/dev/null 2>&1 ||
            continue
        echo "deb $uri $1$suffix main"
    done <"$work/sources"
}

# make_root RELEASE: makes the root's archive in the cache unless it exists. Sets root_archive.
make_root() {
    local codename sources key options=() begin=$SECONDS
    codename=$(codename_of "$1")
    sources=$(sources_of "$codename")
    grep -q " $codename main$" <<<"$sources" ||
        die "the mirror in apt's sources lacks Debian $codename: add a mirror that has it to /etc/apt/sources.list.d"
    [[ ! -s $work/apt.conf ]] || options=(--aptopt="$work/apt.conf")
    key=$(cat - "$work/apt.conf" <<<"$sources $root_packages" | sha256sum | cut -c1-12)
    root_archive=.cache/fresh/$codename-$key.tar
    [[ ! -e $root_archive ]] || return 0
    rm -f .cache/fresh/"$codename"-*
    TMPDIR=$work mmdebstrap --quiet --mode=root --format=tar --variant=minbase --include=$root_packages \
        --keyring=/usr/share/keyrings/debian-archive-keyring.gpg "${options[@]}" --dpkgopt=force-unsafe-io \
        --customize-hook='rm -f "$1"/etc/dpkg/dpkg.cfg.d/*mmdebstrap' \
        "$codename" "$root_archive.new" - <<<"$sources" >&2 ||
        die "cannot make the root of Debian $1: see mmdebstrap's message above"
    mv "$root_archive.new" "$root_archive"
    echo "fresh: the root of Debian $1 made in $((SECONDS - begin)) s, $(($(stat -c %s "$root_archive") / 1000000)) MB"
}

# unpack_root RELEASE USER: makes a fresh root, with that user and the clone.
unpack_root() {
    local user=$2 home=$root/root
    mkdir "$root"
    tar -C "$root" --numeric-owner -xf "$root_archive"
    carry_network
    # Keeps services from starting: there is no service manager, and the network is shared with this machine.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    if [[ $user != root ]]; then
        home=$root/home/$user
        chroot "$root" useradd --create-home --shell /bin/bash "$user"
        echo "$user ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/$user"
    fi
    # Without hard links to the objects of this tree, whose owner would change too.
    git clone --quiet --no-hardlinks . "$home/revenant"
    chroot "$root" chown -R "$user:" "${home#"$root"}/revenant"
}

carried_variables() {
    compgen -A export | grep -E '^(PIP_.*|NODE_EXTRA_CA_CERTS|(https?|no)_proxy|(HTTPS?|NO)_PROXY)$' || true
}

# carry_network: copies this machine's settings of names, certificates and registries into the root.
carry_network() {
    local file name
    cp --remove-destination /etc/resolv.conf /etc/hosts "$root/etc"
    echo "127.0.1.1 $(uname -n)" >>"$root/etc/hosts" # sudo resolves the host name
    for file in /usr/local/share/ca-certificates/*.crt; do
        [[ ! -e $file ]] || cp "$file" "$root/usr/local/share/ca-certificates"
    done
    chroot "$root" update-ca-certificates >/dev/null 2>&1
    for file in /etc/ssl/certs/ca-certificates.crt /etc/pip.conf; do
        [[ ! -e $file ]] || cp "$file" "$root$file"
    done
    for file in /etc/npmrc "${HOME:-/root}/.npmrc"; do
        # Only these lines: the file may contain a password.
        grep -hsE '^(registry|cafile|proxy|https-proxy|noproxy) *=' "$file" >>"$root/etc/npmrc" || true
    done
    for name in $(carried_variables); do
        # Paths that do not exist in the root are left out.
        [[ ${!name} == /* && ! -e $root${!name} ]] || echo "$name=${!name}" >>"$root/etc/environment"
    done
}
