"""Memory and CPU time of the processes of a path. Works where engine and node run on this machine: all their processes
are in this machine's /proc."""

import os
import subprocess
import threading
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# comm of /proc/PID/stat, cut by the kernel to 15 bytes
CLUSTER_ROLES = {
    "kube-apiserver": "API server",
    "kubelet": "kubelet",
    "kube-proxy": "kube-proxy",
    "containerd": "containerd",
    "dockerd": "dockerd",
    "docker-proxy": "docker-proxy",
    "kubectl": "kubectl",
    "load": "load (both ends)",
}


def read(path):
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def name_of(pid):
    return read(f"/proc/{pid}/comm").strip()


class Session:
    """The processes of one running session: CLI on the host, sidecar, agent."""

    def __init__(self, cluster, cli):
        listed = ["docker", "ps", "-q", "--no-trunc", "--filter", "label=dev.mirrord/session"]
        containers = subprocess.run(listed, capture_output=True, text=True, check=False).stdout.split()
        agents = [uid.replace("-", "_") for uid in cluster.agent_pods()] + cluster.agent_pods()
        self.roles = {}
        for pid in all_pids():
            groups = read(f"/proc/{pid}/cgroup")
            if pid == cli.pid:
                self.roles[pid] = "CLI"
            elif any(uid in groups for uid in agents):
                if name_of(pid) != "pause":
                    self.roles[pid] = "agent"
            elif any(container in groups for container in containers) and name_of(pid) != "load":
                # The app's container carries the label too; all that runs there is the launcher and the client.
                self.roles[pid] = "sidecar"
            elif parent_of(pid) == cli.pid:
                self.roles[pid] = "docker client"

    def java(self):
        """The three JVMs, by role."""
        return {role: pid for pid, role in self.roles.items() if name_of(pid) == "java"}

    def memory(self):
        """MiB of each JVM: all of it, and what of it is anonymous."""
        return {role: memory_of(pid) for role, pid in self.java().items()}


def parent_of(pid):
    fields = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return int(fields[1]) if fields else 0


def memory_of(pid):
    status = dict(line.split(":", 1) for line in read(f"/proc/{pid}/status").splitlines() if ":" in line)
    return {
        "rss": int(status.get("VmRSS", "0 kB").split()[0]) / 1024,
        "anonymous": int(status.get("RssAnon", "0 kB").split()[0]) / 1024,
    }


class PeakMemory:
    """Samples a session's memory ten times a second while it is entered."""

    def __init__(self, session):
        self.session = session
        self.peak = {}
        self.stop = threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self._sample, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()

    def _sample(self):
        while not self.stop.wait(0.1):
            for role, now in self.session.memory().items():
                most = self.peak.setdefault(role, {"rss": 0, "anonymous": 0})
                for kind in most:
                    most[kind] = max(most[kind], now[kind])


def cpu_seconds(session=None):
    """User and system time by role, of the whole machine, and of softirqs, which belong to nobody."""
    roles = {}
    for pid in all_pids():
        role = session.roles.get(pid) if session else None
        role = role or CLUSTER_ROLES.get(name_of(pid))
        fields = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        if role and fields:
            roles[role] = roles.get(role, 0) + (int(fields[11]) + int(fields[12])) / TICKS
    # user nice system idle iowait irq softirq
    machine = [int(word) / TICKS for word in read("/proc/stat").splitlines()[0].split()[1:8]]
    roles["machine"] = sum(machine) - machine[3] - machine[4]
    return roles


def spent(before, after):
    return {role: round(after[role] - before.get(role, 0), 2) for role in after}


class Priority:
    """Lets the processes of all paths go before others while it is entered, on a machine that does other work too."""

    def __init__(self, session, nice):
        self.pids = [pid for pid in all_pids() if name_of(pid) in CLUSTER_ROLES or session and pid in session.roles]
        self.nice = nice

    def __enter__(self):
        self._set(self.nice)

    def __exit__(self, *_):
        self._set(0)

    def _set(self, nice):
        for pid in self.pids:
            try:
                for thread in os.listdir(f"/proc/{pid}/task"):
                    os.setpriority(os.PRIO_PROCESS, int(thread), nice)
            except OSError:
                pass  # it has ended
