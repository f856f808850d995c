"""The launcher on a terminal."""

import fcntl
import os
import pty
import select
import struct
import termios
import time

from fixture import PATIENCE, LauncherTest, await_condition


class Terminal:
    """A program that leads a session on a new terminal, as in `docker run -t`."""

    def __init__(self, command, directory):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.environ["PS1"] = "$ "
            os.environ["TERM"] = "dumb"
            os.execvp(command[0], command)
        self.seen = b""
        self.status = None

    def type(self, data):
        os.write(self.fd, data)

    def expect(self, data):
        end = time.monotonic() + PATIENCE
        while data not in self.seen:
            if time.monotonic() > end or not self.fill():
                raise AssertionError(f"{data!r} never seen in {self.seen!r}")
        before, _, self.seen = self.seen.partition(data)
        return before

    def fill(self):
        if not select.select([self.fd], [], [], 0.2)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.seen += data
        return data != b""

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def await_foreground(self, name):
        """Waits until a process of this name leads the terminal's foreground group."""

        def leads():
            try:
                with open(f"/proc/{os.tcgetpgrp(self.fd)}/comm", encoding="utf-8") as file:
                    return file.read() == name + "\n"
            except (FileNotFoundError, ProcessLookupError):
                return False

        await_condition(leads, name + " in the foreground")

    def exit_code(self):
        if self.status is None:
            while self.fill():
                pass
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status

    def close(self):
        if self.status is None:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


class TerminalTest(LauncherTest):
    def on_terminal(self, *arguments, context=True):
        terminal = Terminal(self.command("run", *arguments), self.directory)
        self.addCleanup(terminal.close)
        self.sidecar.accept()
        if context:
            self.sidecar.context()
        return terminal

    def test_an_interactive_shell_has_job_control_and_ctrl_c(self):
        terminal = self.on_terminal("--main", "--", "bash", "--norc", "--noprofile", "-i")
        self.assertNotIn(b"no job control", terminal.expect(b"$ "))
        terminal.type(b"echo on; sleep 1000\n")
        terminal.expect(b"\non\r\n")
        terminal.await_foreground("sleep")
        terminal.type(b"\x03")
        terminal.expect(b"$ ")
        terminal.type(b"echo code=$?\n")
        terminal.expect(b"\ncode=130\r\n")
        terminal.type(b"sleep 1000\n")
        terminal.await_foreground("sleep")
        terminal.type(b"\x1a")
        terminal.expect(b"Stopped")
        terminal.type(b"kill %1; exit 12\n")
        terminal.type(b"exit 12\n")
        self.assertEqual(terminal.exit_code(), 12)

    def test_ctrl_c_reaches_the_app_and_not_twice(self):
        script = "n=0; trap 'n=$((n+1)); echo got $n' INT; echo up; while :; do sleep 0.1; done"
        terminal = self.on_terminal("--main", "--", "sh", "-c", script)
        terminal.expect(b"up\r\n")
        terminal.type(b"\x03")
        terminal.expect(b"got 1\r\n")
        terminal.type(b"\x03")
        terminal.expect(b"got 2\r\n")
        terminal.type(b"\x1c")
        self.assertEqual(terminal.exit_code(), 131)

    def test_a_new_size_reaches_the_app(self):
        script = "trap 'stty size' WINCH; echo up; while :; do sleep 0.1; done"
        terminal = self.on_terminal("--main", "--", "sh", "-c", script)
        terminal.expect(b"up\r\n")
        terminal.resize(33, 111)
        terminal.expect(b"33 111\r\n")

    def test_ctrl_z_cannot_stop_an_app_that_nobody_could_continue(self):
        terminal = self.on_terminal("--main", "--", "cat")
        terminal.type(b"one\n")
        terminal.expect(b"one\r\none\r\n")
        terminal.type(b"\x1a")
        time.sleep(0.2)
        terminal.type(b"two\n")
        terminal.expect(b"two\r\ntwo\r\n")
        terminal.type(b"\x04")
        self.assertEqual(terminal.exit_code(), 0)

    def test_ctrl_c_ends_the_wait_for_the_session(self):
        terminal = self.on_terminal("--main", "--", "cat", context=False)
        terminal.type(b"\x03")
        self.assertEqual(terminal.exit_code(), 130)

    def test_a_program_in_place_keeps_the_terminal(self):
        terminal = self.on_terminal("bash", "--norc", "--noprofile", "-i")
        self.assertNotIn(b"no job control", terminal.expect(b"$ "))
        terminal.type(b"stty size; exit 3\n")
        self.assertEqual(terminal.exit_code(), 3)

    def test_a_background_job_does_not_take_the_terminal(self):
        terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], self.directory)
        self.addCleanup(terminal.close)
        terminal.expect(b"$ ")
        terminal.type(b"%s --main -- sleep 0.5 &\n" % " ".join(self.command("run")).encode())
        self.sidecar.accept_with_context()
        time.sleep(0.2)
        terminal.type(b"echo still ours\n")
        terminal.expect(b"\nstill ours\r\n")
        terminal.type(b"wait; exit 2\n")
        self.assertEqual(terminal.exit_code(), 2)
