"""The cluster: the service that is measured, the target beside it, and how long a bare pod takes."""

import http.client
import json
import os
import re
import subprocess
import time
from pathlib import Path

from .places import IMAGE, NAMESPACE, ROOT, Failed, output_of, step

OBJECTS = f"""
apiVersion: v1
kind: Namespace
metadata: {{name: {NAMESPACE}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: server, namespace: {NAMESPACE}}}
spec:
  selector: {{matchLabels: {{app: server}}}}
  template:
    metadata: {{labels: {{app: server}}}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - {{name: server, image: "{IMAGE}", imagePullPolicy: Never, args: [server], env: [{{name: SERVICE_NAME, value: target}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: server, namespace: {NAMESPACE}}}
spec:
  selector: {{app: server}}
  ports: [{{name: http, port: 8080}}, {{name: echo, port: 8081}}, {{name: other, port: 8082}}, {{name: sink, port: 8083}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: target, namespace: {NAMESPACE}}}
spec:
  selector: {{matchLabels: {{app: target}}}}
  template:
    metadata: {{labels: {{app: target}}}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - {{name: target, image: "{IMAGE}", imagePullPolicy: Never, args: [sleep]}}
"""


class Cluster:
    """A kubeconfig, and kubectl with it."""

    def __init__(self, kubeconfig):
        self.kubeconfig = str(kubeconfig)
        # kubectl's WebSocket of a long exec was seen to stall on a busy machine; the protocol before it has no pings to miss.
        self.environment = dict(os.environ, KUBECONFIG=self.kubeconfig, KUBECTL_REMOTE_COMMAND_WEBSOCKETS="false")

    @staticmethod
    def up():
        output_of(ROOT / "dev/engine/up")
        return Cluster(output_of(ROOT / "dev/cluster/up", timeout=1800).strip().splitlines()[-1])

    def command(self, *words):
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        own = Path(os.environ.get("MIRRORD_DEV_CACHE", cache / "mirrord-dev")) / "bin/kubectl"
        return [str(own) if own.exists() else "kubectl", *words]

    def kubectl(self, *words, **options):
        return output_of(*self.command(*words), env=self.environment, **options)

    def deploy(self):
        output_of(ROOT / "dev/cluster/load", IMAGE, env=self.environment)
        self.kubectl("apply", "-f", "-", input=OBJECTS)
        for name in ("server", "target"):
            # The image's name stays when its content changes: new pods for every run.
            self.kubectl("-n", NAMESPACE, "rollout", "restart", f"deployment/{name}")
            self.kubectl("-n", NAMESPACE, "rollout", "status", f"deployment/{name}", "--timeout=120s")

    def remove(self):
        self.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found")

    def agent_pods(self):
        """UIDs of the agents' pods in any namespace."""
        return self.kubectl(
            "get", "pods", "-A", "-l", "dev.mirrord/session", "-o", "jsonpath={.items[*].metadata.uid}"
        ).split()

    def forward(self, *ports):
        """Starts kubectl port-forward to the service; gives the process and the ports on this machine."""
        process = subprocess.Popen(
            self.command("-n", NAMESPACE, "port-forward", "service/server", *(f":{p}" for p in ports)),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self.environment,
        )  # fmt: skip
        there = {}
        while len(there) < len(ports):
            line = process.stdout.readline()
            if not line:
                raise Failed("kubectl port-forward ended before it was ready")
            if found := re.match(r"Forwarding from 127\.0\.0\.1:(\d+) -> (\d+)", line):
                there[int(found[2])] = int(found[1])
        # What it says about each connection has to be read, or it would stop when the pipe is full.
        import threading

        threading.Thread(target=lambda: process.stdout.read(), daemon=True).start()
        return process, [there[p] for p in ports]


class BarePods:
    """Times pods from the request that creates them to the news that they run, through `kubectl proxy`."""

    def __init__(self, cluster):
        self.process = subprocess.Popen(
            cluster.command("proxy", "--port=0"), stdout=subprocess.PIPE, text=True, env=cluster.environment
        )
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.path = f"/api/v1/namespaces/{NAMESPACE}/pods"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def seconds_to_running(self, name):
        watch = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        # From any version (0): a new one would have the API server wait until its cache has caught up.
        # timeoutSeconds: nobody waits for ever for a pod that cannot start.
        watch.request("GET", f"{self.path}?watch=1&resourceVersion=0&timeoutSeconds=60&fieldSelector=metadata.name%3D{name}")
        events = watch.getresponse()
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name},
            "spec": {
                "terminationGracePeriodSeconds": 0,
                "containers": [
                    {"name": "bare", "image": IMAGE, "imagePullPolicy": "Never", "args": ["sleep"]}
                ],
            },
        }
        start = time.monotonic()
        self.request("POST", self.path, json.dumps(pod))
        running = None
        while running is None:
            line = events.readline()
            if not line:
                raise Failed(f"pod {name} does not run after 60 s")
            if json.loads(line)["object"].get("status", {}).get("phase") == "Running":
                running = time.monotonic() - start
        watch.close()
        self.request("DELETE", f"{self.path}/{name}")
        return running

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            raise Failed(f"{method} {path}: HTTP {answer.status} {text.decode()[:500]}")
