"""The same client binary on three paths. Each runs for the whole time, so that rounds can alternate between them."""

import json
import queue
import subprocess
import tempfile
import threading
import time

from .places import IMAGE, LOAD, NAMESPACE, ROOT, Failed

SERVER = [f"server.{NAMESPACE}:8080", f"server.{NAMESPACE}:8081"]

# Path of a configuration file for mirrord; none by default.
CONFIGURATION = None


class Client:
    """A `load client` that takes measurements by the line. `helpers` end when it ends."""

    def __init__(self, name, command, environment=None, helpers=()):
        self.name = name
        self.helpers = helpers
        self.errors = tempfile.TemporaryFile("w+")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, env=environment
        )
        self.answers = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._answer(120)
        self.seconds_to_ready = time.monotonic() - self.started

    def _read(self):
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put(None)

    def _answer(self, timeout):
        try:
            line = self.answers.get(timeout=timeout)
        except queue.Empty:
            return {"error": f"no answer within {timeout} s"}
        if line is None:
            self.errors.seek(0)
            raise Failed(f"the client on the path '{self.name}' ended: {self.errors.read()[-3000:]}")
        return json.loads(line)

    def measure(self, line, timeout=300):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._answer(timeout)

    def close(self):
        try:
            self.process.stdin.close()
            self.process.wait(60)
        except (OSError, subprocess.TimeoutExpired):
            self.process.terminate()
            self.process.wait(30)
        for helper in self.helpers:
            helper.terminate()
            helper.wait(30)


def direct(cluster):
    """In the target's own container."""
    command = cluster.command("-n", NAMESPACE, "exec", "-i", "deployment/target", "--")
    return Client("direct", [*command, "/load", "client", *SERVER], cluster.environment)


def raw(cluster, port=8080):
    """On this machine, through kubectl port-forward to the same service."""
    forward, ports = cluster.forward(port, 8081)
    addresses = [f"127.0.0.1:{port}" for port in ports]
    return Client("raw", [str(LOAD), "client", *addresses], helpers=(forward,))


def mirrord(cluster):
    """In a container of the user's engine, in the context of the target."""
    return Client("mirrord", [*mirrord_run(cluster, "-i"), "client", *SERVER], cluster.environment)


def mirrord_run(cluster, *options):
    session = [str(ROOT / "mirrord"), "container", "-t", "deployment/target", "-n", NAMESPACE]
    if CONFIGURATION:
        session += ["-f", CONFIGURATION]
    return [*session, "--", "docker", "run", "--rm", *options, IMAGE]
