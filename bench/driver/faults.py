"""Sessions that are started, changed, stopped and killed while clients ask the target, and what the clients saw of it."""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from .places import IMAGE, NAMESPACE, ROOT, Failed, output_of
from .processes import all_pids, name_of, read

CLIENTS = "faults-clients"
TOOLS = "mirrord-test/glibc"
# Sessions steal both ports, the first with a filter.
PORTS = {"filtered": 8080, "whole": 8082}
# What everybody asks for, and what the first and the second session's filters want of it.
FAMILIES = ["others", "first", "second"]
WRK = 4

PODS = f"""
apiVersion: v1
kind: Pod
metadata: {{name: {CLIENTS}, namespace: {NAMESPACE}}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {{name: check, image: "{IMAGE}", imagePullPolicy: Never, args: [sleep]}}
  - {{name: wrk, image: {TOOLS}, imagePullPolicy: Never, command: [sleep, "36000"]}}
"""

CONFIGURATION = """
feature:
  network:
    incoming:
      mode: steal
      ports: [8080, 8082]
      http_filter: {ports: [8080], path_filter: ^/%s/}
"""


def start_clients(cluster):
    output_of(ROOT / "dev/test-images", "glibc", timeout=1800)
    output_of(ROOT / "dev/cluster/load", TOOLS, env=cluster.environment)
    # Its name stays when the image's content changes.
    cluster.kubectl("-n", NAMESPACE, "delete", "pod", CLIENTS, "--ignore-not-found", "--now")
    cluster.kubectl("apply", "-f", "-", input=PODS)
    cluster.kubectl("-n", NAMESPACE, "wait", "--for=condition=Ready", f"pod/{CLIENTS}", "--timeout=60s")


def in_clients(cluster, container, *words):
    return [*cluster.command("-n", NAMESPACE, "exec", "-i", CLIENTS, "-c", container, "--"), *words]


class Checker:
    """The client that compares each byte (load check)."""

    def __init__(self, cluster, mode):
        address = f"server.{NAMESPACE}:{PORTS[mode]}"
        command = in_clients(cluster, "check", "/load", "check", "-families", ",".join(FAMILIES), address)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=cluster.environment
        )
        self._line()

    def _line(self):
        if not select.select([self.process.stdout], [], [], 60)[0]:
            raise Failed("the checking client has not answered for 60 s")
        line = self.process.stdout.readline()
        if not line:
            raise Failed("the checking client has ended")
        return json.loads(line)

    def _ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._line()

    def report(self):
        report = self._ask("report")
        return report["answered"], report["failures"] or []

    def who(self, family):
        return self._ask(f"who {family}")["who"]

    def await_answer(self, family, wanted, why, seconds=60):
        end = time.monotonic() + seconds
        while (answering := self.who(family)) != wanted:
            if time.monotonic() > end:
                raise Failed(f"{why}: after {seconds} s /{family} is answered by {answering}, not by {wanted}")
            time.sleep(0.02)

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


class Wrk:
    """wrk on requests that no filter wants."""

    def __init__(self, cluster):
        url = f"http://server.{NAMESPACE}:{PORTS['filtered']}/others"
        # Not all that the machine can do: sessions are to start in seconds beside it.
        pause = "echo 'function delay() return 3 end' >/tmp/pause.lua"
        line = (
            f"{pause}; wrk -t1 -c{WRK} -d600 -s /tmp/pause.lua {url} & echo started; read -r _;"
            # Until it listens to signals, they are lost.
            " while kill -INT $!; do sleep 0.2; done 2>/dev/null; wait $!"
        )
        command = in_clients(cluster, "wrk", "bash", "-c", line)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=cluster.environment
        )
        self.process.stdout.readline()

    def end(self):
        """Requests, and the line about errors, if there is one."""
        said, _ = self.process.communicate("\n", timeout=60)
        requests = [int(line.split()[0]) for line in said.splitlines() if " requests in " in line]
        if not requests:
            raise Failed(f"wrk did not count its requests: {said}")
        errors = [line.strip() for line in said.splitlines() if "Socket errors" in line or "Non-2xx" in line]
        return requests[0], " ".join(errors)


class Session:
    """One `mirrord container --steal` with the server as its app."""

    def __init__(self, cluster, name, configuration=None):
        self.cluster, self.name = cluster, f"faults-{name}"
        self.directory = tempfile.TemporaryDirectory()
        config = Path(self.directory.name) / "mirrord.yaml"
        config.write_text(configuration or CONFIGURATION % name)
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [ROOT / "mirrord", "container", "-t", "deployment/server", "-n", NAMESPACE, "-f", config, "--",
             "docker", "run", "--rm", "--name", self.name, "-e", f"SERVICE_NAME={name}", IMAGE, "server"],
            stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors, env=cluster.environment,
        )  # fmt: skip

    def identity(self):
        label = '{{index .Config.Labels "dev.mirrord/session"}}'
        return output_of("docker", "inspect", "-f", label, self.name).strip()

    def await_app(self, seconds=60):
        end = time.monotonic() + seconds
        running = ["docker", "inspect", "-f", "{{.State.Running}}", self.name]
        while subprocess.run(running, capture_output=True, text=True, check=False).stdout.strip() != "true":
            if time.monotonic() > end or self.process.poll() is not None:
                raise Failed(f"the session does not start: {self.said()}")
            time.sleep(0.1)

    def said(self):
        self.errors.seek(0)
        return self.errors.read()[-3000:]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.ended()

    def kill_cli(self):
        self.process.kill()
        self.process.wait()

    def kill_sidecar(self):
        session = self.identity()
        of_session = ["--filter", f"label=dev.mirrord/session={session}", "--filter", "name=-sidecar"]
        container = output_of("docker", "ps", "-q", *of_session).strip()
        hold = output_of("docker", "inspect", "-f", "{{.State.Pid}}", container).strip()
        java = output_of("pgrep", "-P", hold, "-x", "java").strip()
        os.kill(int(java), signal.SIGKILL)

    def _pods(self, field):
        answer = self.cluster.kubectl(
            "get", "pods", "-n", NAMESPACE, "-l", f"dev.mirrord/session={self.identity()}",
            "--field-selector=status.phase=Running", "-o", f"jsonpath={{.items[*].metadata.{field}}}",
        )  # fmt: skip
        return answer.split()

    def kill_agent(self):
        uids = self._pods("uid")
        for pid in all_pids():
            groups = read(f"/proc/{pid}/cgroup")
            if name_of(pid) == "java" and any(u in groups or u.replace("-", "_") in groups for u in uids):
                os.kill(pid, signal.SIGKILL)

    def kill_agent_pod(self):
        pods = self._pods("name")
        self.cluster.kubectl("delete", "pod", "-n", NAMESPACE, *pods, "--force", "--grace-period=0")

    def ended(self, seconds=60):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"the session does not end: {self.said()}") from None

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.ended()
        subprocess.run(["docker", "rm", "-f", self.name], capture_output=True, check=False)
        self.directory.cleanup()
