# shellcheck shell=bash
# Sourced by the scripts in dev/podman: where its two kinds live, and how they are run.
source "$(dirname "${BASH_SOURCE[0]}")/../common.bash"

# Rootful podman has a network namespace of its own: its bridges and rules never meet those of the Docker engine.
readonly podman_network=mirrord-podman
readonly podman_programs=$MIRRORD_DEV_CACHE/podman
# Who runs podman without root.
readonly podman_user=mirrord-podman

rootful() {
    "$podman_programs/podman" "$@"
}

rootless() {
    "$dev_root/podman/rootless" "$@"
}
