# shellcheck shell=bash
# Sourced by the scripts in dev/cluster: which cluster is meant, and how to reach it.
source "$(dirname "${BASH_SOURCE[0]}")/../common.bash"

# shellcheck disable=SC2034 # read by the scripts that source this file
readonly cluster_root=$dev_root/cluster
# A second node beside the first one, for work on these scripts themselves: set another name.
readonly node=${MIRRORD_NODE_NAME:-mirrord-node}
readonly node_kubeconfig=$MIRRORD_DEV_STATE/$node.kubeconfig

# True where KUBECONFIG names a cluster of the user's own.
own_cluster() {
    [[ -n ${KUBECONFIG:-} && $KUBECONFIG != "$node_kubeconfig" ]]
}

node_runs() {
    [[ $(docker container inspect --format '{{.State.Running}}' "$node" 2>/dev/null) == true ]]
}

# Runs kubectl against $kubeconfig.
kubectl_here() {
    local kubectl=$MIRRORD_DEV_CACHE/bin/kubectl
    [[ -x $kubectl ]] || kubectl=kubectl
    # shellcheck disable=SC2154 # set by the script that sources this file
    KUBECONFIG=$kubeconfig "$kubectl" "$@"
}
