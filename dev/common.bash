# shellcheck shell=bash
# Sourced by the scripts below dev/: places, one-line progress, locks, input hashes.
#
# Everything that is built or downloaded lives outside the source tree:
#   $MIRRORD_DEV_CACHE  results, each in a folder named by a hash of what it was made of
#   $MIRRORD_DEV_STATE  logs, process ids, locks of what runs now

set -euo pipefail

dev_root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly dev_root
readonly MIRRORD_DEV_CACHE=${MIRRORD_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mirrord-dev}
readonly MIRRORD_DEV_STATE=${MIRRORD_DEV_STATE:-${XDG_STATE_HOME:-$HOME/.local/state}/mirrord-dev}
mkdir -p "$MIRRORD_DEV_CACHE" "$MIRRORD_DEV_STATE"

# Debian keeps dockerd, iptables and friends where a user's PATH often does not look.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/go/bin"

# Debian's client has only the builder that newer ones call legacy.
if ! docker buildx version >/dev/null 2>&1; then
    export DOCKER_BUILDKIT=0
fi

script_name=${0#"${dev_root%/*}"/}
readonly script_name

step() {
    printf '%s: %s\n' "$script_name" "$*" >&2
}

fail() {
    printf '%s: error: %s\n' "$script_name" "$*" >&2
    exit 1
}

# Waits for the named lock and holds it until the script ends.
hold_lock() {
    local name=$1 descriptor
    exec {descriptor}>"$MIRRORD_DEV_STATE/$name.lock"
    if ! flock -n "$descriptor"; then
        step "waiting for another run that holds $name.lock"
        flock "$descriptor"
    fi
}

# Starts a program that outlives the script, in a session of its own, its output appended to a log. It gets none of our descriptors: a
# lock's would be held for its whole life.
start_daemon() { # LOG COMMAND...
    # shellcheck disable=SC2016 # expanded by the inner shell
    setsid --fork bash -c '
        for descriptor in /proc/self/fd/*; do
            number=${descriptor##*/}
            ((number > 2)) && eval "exec $number>&-"
        done
        exec "$@"
    ' daemon "${@:2}" </dev/null >>"$1" 2>&1
}

# Sixteen hex digits that change when the content or the path of any given file, or any given word, does.
hash_of() {
    local item
    for item in "$@"; do
        if [[ -d $item ]]; then
            (cd "$item" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
        elif [[ -f $item ]]; then
            sha256sum <"$item"
        else
            printf '%s\n' "$item"
        fi
    done | sha256sum | cut -c1-16
}

# Ranges that the tests' networks take their addresses from: the engine's pool, pods, services.
# shellcheck disable=SC2034 # read by the scripts that source this file
readonly test_networks=(172.28.0.0/14 10.244.0.0/16 10.96.0.0/16 fd00:10:244::/48 fd00:10:96::/48)

require_command() {
    local command=$1 advice=$2
    command -v "$command" >/dev/null || fail "$command is not in PATH: $advice"
}

# Installs Debian packages that are not there yet; only root can, everybody else is told what to install.
require_packages() {
    local package missing=()
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    ((EUID == 0)) || fail "missing Debian packages: ${missing[*]}; run: sudo apt-get install ${missing[*]}"
    require_command apt-get "this script knows Debian and Ubuntu only; install ${missing[*]} by hand"
    step "installing ${missing[*]}"
    local apt_log=$MIRRORD_DEV_STATE/apt.log
    # The lock timeout makes parallel runs wait for each other instead of failing.
    if ! apt_install "${missing[@]}" >"$apt_log" 2>&1; then
        apt-get -o DPkg::Lock::Timeout=300 update >>"$apt_log" 2>&1 || true
        apt_install "${missing[@]}" >>"$apt_log" 2>&1 || fail "apt-get could not install ${missing[*]}; see $apt_log"
    fi
}

apt_install() {
    # Services stay off: the scripts start what they need, with their own settings.
    DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o DPkg::Lock::Timeout=300 install -y \
        --no-install-recommends "$@"
}
