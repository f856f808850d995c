"""Where things are, and how commands are run. Nothing here knows what is measured."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOAD = ROOT / "bench/load/target/load"
IMAGE = "mirrord-bench:1"
NAMESPACE = "mirrord-bench"


class Failed(Exception):
    """Ends the run with one sentence."""


def step(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def output_of(*command, timeout=300, **options):
    """Standard output of a command that has to succeed."""
    done = subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=timeout,
        check=False,
        **options,
    )
    if done.returncode != 0:
        words = " ".join(str(word) for word in command)
        raise Failed(f"{words} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def build_load_alone():
    """The program, without its image."""
    LOAD.parent.mkdir(exist_ok=True)
    environment = dict(os.environ, CGO_ENABLED="0", GOFLAGS="-buildvcs=false")
    environment["PATH"] += ":/usr/local/go/bin"
    source = ROOT / "bench/load"
    output_of(
        "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", LOAD, ".", cwd=source, env=environment
    )


def build_load():
    build_load_alone()
    # The context is the folder of the binary alone. No build date: an unchanged binary is an unchanged image.
    output_of(
        "docker", "build", "-q", "-t", IMAGE, "-f", ROOT / "bench/load/Dockerfile", LOAD.parent,
        env=dict(os.environ, DOCKER_BUILDKIT="0"),
    )  # fmt: skip
