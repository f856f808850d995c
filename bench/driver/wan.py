"""A long line between this machine and the API server: 40 ms there and back, one packet in a hundred lost each way.

The kernel's netem is not everywhere, so the line is `load wan`, which joins two TUN devices, one here and one in the
network namespace of the node. Only what dials the line's address takes it: other users of the cluster notice nothing.
The devices vanish with the process."""

import json
import os
import socket
import subprocess
import tempfile
import time
from statistics import median

from .cluster import Cluster
from .places import LOAD, Failed, output_of

HERE, NODE = "172.31.250.1", "172.31.250.2"
ONE_WAY, LOSS = "20ms", "0.01"


class LongLine:
    def __init__(self, cluster):
        self.cluster = cluster
        self.process = None
        self.kubeconfig = None

    def __enter__(self):
        try:
            return self._lay()
        except BaseException:
            self.__exit__()
            raise

    def _lay(self):
        node = os.environ.get("MIRRORD_NODE_NAME", "mirrord-node")
        pid = output_of("docker", "inspect", "-f", "{{.State.Pid}}", node).strip()
        self.process = subprocess.Popen(
            # Before others in the queue for a CPU, or its delay would grow with their work.
            ["nice", "-n", "-10", LOAD, "wan", "mirrordwan0", "mirrordwan1", ONE_WAY, LOSS], stdout=subprocess.PIPE, text=True
        )
        if self.process.stdout.readline().strip() != "ready":
            raise Failed("the long line needs root and /dev/net/tun")
        in_node = ["nsenter", "-t", pid, "-n"]
        output_of("ip", "link", "set", "mirrordwan1", "netns", pid)
        for prefix, device, address in ([], "mirrordwan0", HERE), (in_node, "mirrordwan1", NODE):
            output_of(*prefix, "ip", "address", "add", f"{address}/30", "dev", device)
            output_of(*prefix, "ip", "link", "set", device, "txqueuelen", "10000", "up")
        return Cluster(self._kubeconfig())

    def _kubeconfig(self):
        """The same identity; the API server by its address at the line's other end, its certificate by its usual name."""
        config = json.loads(self.cluster.kubectl("config", "view", "--raw", "--flatten", "-o", "json"))
        for cluster in config["clusters"]:
            cluster["cluster"]["server"] = f"https://{NODE}:6443"
            cluster["cluster"]["tls-server-name"] = "127.0.0.1"
        descriptor, self.kubeconfig = tempfile.mkstemp(prefix="mirrord-bench-", suffix=".kubeconfig")
        with os.fdopen(descriptor, "w") as file:
            json.dump(config, file)
        return self.kubeconfig

    def __exit__(self, *_):
        if self.process:
            self.process.terminate()
            self.process.wait()
        if self.kubeconfig:
            os.unlink(self.kubeconfig)


def measured_round_trip():
    """In ms: what a TCP connection to the API server takes."""
    taken = []
    for _ in range(15):
        begin = time.monotonic()
        socket.create_connection((NODE, 6443), timeout=10).close()
        taken.append((time.monotonic() - begin) * 1000)
    return median(taken)
