"""The shipped launcher as the entrypoint of containers: no other file of ours, no library, no privilege. And the same without an engine."""

import io
import os
import shutil
import subprocess
import tarfile
import unittest

from fixture import END, MAIN, PATIENCE, RUN, SET, LauncherTest, Programs, await_condition, entry, message
from terminal_test import Terminal

IMAGE = f"mirrord-launcher-test:{os.getpid()}"
LOCKED = ["--user", "1000:1000", "--cap-drop", "ALL", "--read-only", "--security-opt", "no-new-privileges"]
FOREVER = "while :; do sleep 0.1; done"


def docker(*arguments, **options):
    return subprocess.run(["docker", *arguments], stdout=subprocess.PIPE, check=True, timeout=60, **options).stdout


def engine_is_up():
    return shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


def scratch_image():
    """An image with a static shell and nothing else."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.add("/bin/busybox", "bin/busybox")
        for name in ("sh", "sleep", "cat", "id", "env", "stty", "ps", "true", "grep"):
            link = tarfile.TarInfo("bin/" + name)
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
    docker("import", "-", IMAGE, input=data.getvalue())


class BareRootTest(LauncherTest):
    def test_neither_proc_nor_dev_nor_privileges_are_needed(self):
        subprocess.run(["cp", "/bin/busybox", self.command("run")[0], self.directory], check=True)
        process = self.start(
            ["chroot", "--userspec=1000:1000", self.directory, "/run", "--main", "--", "/busybox", "sh", "-c",
             "set; /busybox id -u"]
        )  # fmt: skip
        self.sidecar.accept_with_context(entry(SET, b"A=1"))
        out, error = self.finish(process, 0)
        self.assertIn(b"A='1'", out)
        self.assertTrue(out.endswith(b"\n1000\n"))


@unittest.skipUnless(engine_is_up(), "no Docker engine")
class ContainerTest(LauncherTest):
    @classmethod
    def setUpClass(cls):
        scratch_image()
        cls.addClassCleanup(docker, "image", "rm", IMAGE)

    def setUp(self):
        super().setUp()
        self.name = "mirrord-launcher-test-" + os.path.basename(self.directory).lower().replace("_", "x")
        shutil.copy(os.path.join(Programs.shipped, "run"), self.directory)
        self.addCleanup(subprocess.run, ["docker", "rm", "--force", self.name], capture_output=True, check=False)

    def docker_run(self, *options):
        return ["docker", "run", "--name", self.name, "--network", "none", "--volume", f"{self.directory}:/.mirrord:ro",
                "--entrypoint", "/.mirrord/run", *options, IMAGE]  # fmt: skip

    def run_app(self, *app, options=(), launcher=("--main", "--")):
        process = self.start([*self.docker_run(*options), *launcher, *app])
        greeting = self.sidecar.accept_with_context(entry(SET, b"A=from the target"))
        return process, greeting

    def await_line(self, process, line):
        self.assertEqual(process.stdout.readline(), line)

    def test_an_image_from_scratch_as_any_user_without_privileges_or_a_writable_root(self):
        process, greeting = self.run_app("sh", "-c", "echo $A; id -u; exit 9", options=LOCKED)
        self.assertEqual((greeting.role, greeting.pid), (MAIN, 1))
        self.assertEqual(self.finish(process, 9), (b"from the target\n1000\n", b""))

    def test_no_value_is_in_the_containers_description(self):
        process, _ = self.run_app("sh", "-c", "echo up; " + FOREVER)
        self.await_line(process, b"up\n")
        self.assertNotIn(b"from the target", docker("inspect", self.name))
        docker("kill", self.name)
        self.finish(process, 137)

    def test_docker_stop_ends_the_app_gracefully(self):
        process, _ = self.run_app("sh", "-c", "trap 'echo bye; exit 3' TERM; echo up; " + FOREVER, options=LOCKED)
        self.await_line(process, b"up\n")
        docker("stop", "--time", "30", self.name)
        self.assertEqual(self.finish(process, 3)[0], b"bye\n")

    def test_docker_exec_of_the_launcher_has_the_targets_environment(self):
        process, _ = self.run_app("sh", "-c", "echo up; " + FOREVER, options=LOCKED)
        self.await_line(process, b"up\n")
        main = self.sidecar.connection
        inside = self.start(["docker", "exec", self.name, "/.mirrord/run", "sh", "-c", "echo $A; exit 4"])
        self.assertEqual(self.sidecar.accept_with_context(entry(SET, b"A=again")).role, RUN)
        self.assertEqual(self.finish(inside, 4)[0], b"again\n")
        self.assertIn(b"/.mirrord/run --main", docker("exec", self.name, "ps"))
        main.sendall(message(END, b"over"))
        self.assertEqual(self.finish(process, 143)[1], b"over\n")
        main.close()

    def test_an_interactive_terminal(self):
        terminal = Terminal([*self.docker_run("-it", *LOCKED), "--main", "--", "sh"], self.directory)
        self.addCleanup(terminal.close)
        self.sidecar.accept_with_context()
        terminal.expect(b"$ ")
        terminal.type(b"echo on; sleep 1000\n")
        terminal.expect(b"\non\r\n")
        await_condition(lambda: b"sleep 1000" in docker("exec", self.name, "ps"), "sleep is running")
        terminal.type(b"\x03")
        terminal.expect(b"$ ")
        terminal.type(b"echo code=$?\n")
        terminal.expect(b"\ncode=130\r\n")
        terminal.resize(44, 99)
        terminal.type(b"until stty size | grep 44; do sleep 0.1; done\n")
        terminal.expect(b"\n44 99\r\n")
        terminal.type(b"exit 6\n")
        self.assertEqual(terminal.exit_code(), 6)

    def test_ctrl_c_before_the_environment_has_come(self):
        terminal = Terminal([*self.docker_run("-it"), "--main", "--", "sh"], self.directory)
        self.addCleanup(terminal.close)
        self.sidecar.accept()
        terminal.type(b"\x03")
        self.assertEqual(terminal.exit_code(), 130)

    def test_an_init_is_pid_1(self):
        process, _ = self.run_app(
            "sh", "-c", "trap 'exit 5' TERM; echo $$ $A; " + FOREVER,
            options=LOCKED, launcher=("--main", "--pid1-app", "--"),
        )  # fmt: skip
        self.await_line(process, b"1 from the target\n")
        self.assertIn(b"mirrord-watch", docker("exec", self.name, "ps", "-o", "pid,comm"))
        self.sidecar.send(message(END, b"over"))
        self.assertEqual(self.finish(process, 5)[1], b"over\n")

    def test_dockers_own_init_stays_pid_1(self):
        process, greeting = self.run_app("sh", "-c", "trap 'exit 5' TERM; echo up; " + FOREVER, options=["--init"])
        self.assertNotEqual(greeting.pid, 1)
        self.await_line(process, b"up\n")
        self.sidecar.send(message(END))
        self.finish(process, 5)

    def test_a_restarted_container_joins_again(self):
        process, _ = self.run_app("sh", "-c", "trap 'exit 0' TERM; echo up; " + FOREVER)
        self.await_line(process, b"up\n")
        restart = self.start(["docker", "restart", "--time", "30", self.name])
        self.assertEqual(self.sidecar.accept_with_context().role, MAIN)
        self.finish(restart, 0)
        docker("kill", self.name)
        process.wait(PATIENCE)
