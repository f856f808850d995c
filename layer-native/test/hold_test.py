"""PID 1 of the sidecar."""

import os
import signal
import socket
import time

from fixture import OWN_FAILURE, ProgramTest, await_condition, children, state

FOREVER = "echo $$ >> starts; while :; do sleep 0.05; done"


class HoldTest(ProgramTest):
    def hold(self, script, *prefix):
        return self.start([*prefix, *self.command("hold", "--", "sh", "-c", script)])

    def starts(self):
        return [int(pid) for pid in self.read("starts").split()] if os.path.exists(self.path("starts")) else []

    def await_start(self, number):
        await_condition(lambda: len(self.starts()) == number, f"start number {number}")
        return self.starts()[-1]

    def test_an_end_that_is_meant_so_is_passed_on(self):
        for code in (0, 125):
            with self.subTest(code):
                self.assertEqual(self.finish(self.hold(f"exit {code}"), code)[1], b"")

    def test_a_program_that_fails_is_restarted_five_times(self):
        _, error = self.finish(self.hold("echo $$ >> starts; exit 3"), 3)
        self.assertEqual(len(self.starts()), 6)
        lines = error.decode().splitlines()
        self.assertEqual(lines[0], "mirrord: the sidecar ended with exit code 3, restart 1 of 5")
        self.assertEqual(lines[-1], "mirrord: the sidecar ended with exit code 3, too often in one minute: giving up")

    def test_a_killed_program_is_restarted_and_its_group_is_cleaned_up(self):
        process = self.hold("sleep 1000 & echo $! >> orphans; " + FOREVER)
        os.kill(self.await_start(1), signal.SIGKILL)
        self.await_start(2)
        orphan = int(self.read("orphans").split()[0])
        await_condition(lambda: state(orphan) in (None, "Z"), "the orphan is dead")
        process.send_signal(signal.SIGTERM)
        _, error = self.finish(process, 143)
        self.assertIn(b"ended by SIGKILL, restart 1 of 5", error)

    def test_sigterm_and_sigint_are_passed_on_and_end_with_the_programs_code(self):
        for name in ("TERM", "INT"):
            with self.subTest(name):
                if os.path.exists(self.path("starts")):
                    os.unlink(self.path("starts"))
                process = self.hold(f"trap 'exit 7' {name}; " + FOREVER)
                self.await_start(1)
                process.send_signal(getattr(signal, "SIG" + name))
                self.finish(process, 7)
                self.assertEqual(len(self.starts()), 1)

    def test_other_signals_are_passed_on_and_end_nothing(self):
        process = self.hold("trap 'touch dumped' QUIT; " + FOREVER)
        self.await_start(1)
        process.send_signal(signal.SIGQUIT)
        self.await_file("dumped")
        process.send_signal(signal.SIGTERM)
        self.finish(process, 143)

    def test_a_program_that_ignores_sigterm_is_killed(self):
        process = self.hold("trap '' TERM; " + FOREVER)
        self.await_start(1)
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.finish(process, 137)
        self.assertGreater(time.monotonic() - begin, 0.9)

    def test_sigterm_between_two_starts_is_the_end(self):
        process = self.hold("echo $$ >> starts; exit 3")
        self.await_start(5)  # the next start comes 160 ms later
        process.send_signal(signal.SIGTERM)
        process.wait()
        self.assertIn(process.returncode, (143, 3))

    def test_a_program_that_cannot_be_run_is_not_restarted(self):
        process = self.start_program("hold", "--", "no-such-program")
        self.assertEqual(self.finish(process, OWN_FAILURE)[1].count(b"cannot run no-such-program"), 1)

    def test_the_program_is_started_with_a_connection(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path("control"))
            listener.listen()
            listener.settimeout(5)
            process = self.hold(
                'echo "from $MIRRORD_CONTROL" >&$MIRRORD_CONTROL; echo $$ >> starts; exit 3',
                "env", "MIRRORD_CONTROL=" + self.path("control"),
            )  # fmt: skip
            for _ in range(2):  # each start has one of its own
                connection, _ = listener.accept()
                with connection, connection.makefile() as lines:
                    self.assertRegex(lines.readline(), "^from [3-9]\n")
            self.finish(process, 3)

    def test_without_a_listener_the_program_is_started_without_a_connection(self):
        for path in (self.path("nobody"), "x" * 200, ""):
            with self.subTest(path):
                process = self.hold('echo "[$MIRRORD_CONTROL]" >&2; exit 0', "env", "MIRRORD_CONTROL=" + path)
                self.assertEqual(self.finish(process, 0)[1], b"[]\n")

    def test_zombies_are_reaped(self):
        process = self.hold(
            "for i in 1 2 3 4 5; do (sleep 0.1 & exec true); done; sleep 0.3; " + FOREVER,
            "unshare", "--pid", "--fork", "--kill-child",
        )  # fmt: skip
        self.await_start(1)
        (init,) = children(process.pid)
        await_condition(lambda: len(children(init)) == 1, "only the program is left")
        os.kill(init, signal.SIGTERM)
        self.finish(process, 143)

    def test_wrong_arguments_are_refused(self):
        for arguments in ((), ("--",), ("true",)):
            self.assertIn(b"usage: hold", self.finish(self.start_program("hold", *arguments), OWN_FAILURE)[1])
