"""Joining the session, and a sidecar that does not behave."""

import os
import random
import signal
import struct
import time

from fixture import (
    ABORT,
    CONTEXT,
    END,
    MAIN,
    OWN_FAILURE,
    RUN,
    SET,
    LauncherTest,
    Programs,
    entry,
    message,
)


class JoiningTest(LauncherTest):
    def test_the_launcher_says_role_pid_and_program(self):
        for role, arguments in ((MAIN, ("--main", "--")), (RUN, ()), (RUN, ("--",))):
            with self.subTest(arguments):
                process = self.launch(*arguments, "true", "argument")
                greeting = self.sidecar.accept_with_context()
                self.finish(process, 0)
                self.assertEqual((greeting.role, greeting.program), (role, b"true"))
                if not Programs.prefix:
                    self.assertEqual(greeting.pid, process.pid)

    def test_a_context_in_small_pieces_is_understood(self):
        process = self.launch_main("sh", "-c", "echo $A")
        self.sidecar.accept()
        data = message(CONTEXT, entry(SET, b"A=whole"))
        for i in range(len(data)):
            self.sidecar.send(data[i : i + 1])
            time.sleep(0.002)
        self.assertEqual(self.finish(process, 0)[0], b"whole\n")

    def test_the_socket_may_come_late(self):
        self.sidecar.close()
        os.unlink(self.path("sock"))
        process = self.launch_main("true")
        time.sleep(0.4)
        self.sidecar.listen()
        self.sidecar.accept_with_context()
        self.finish(process, 0)

    def test_a_socket_that_never_comes_is_said(self):
        self.sidecar.close()
        _, refused = self.finish(self.launch_main("true"), OWN_FAILURE)
        self.assertIn(b"ECONNREFUSED", refused)
        os.unlink(self.path("sock"))
        _, missing = self.finish(self.launch_main("true"), OWN_FAILURE)
        self.assertIn(b"ENOENT", missing)

    def test_a_socket_that_may_not_be_used_is_said_with_what_gives_access(self):
        os.chmod(self.path("sock"), 0)
        _, error = self.finish(self.launch_main("true", user=65534), OWN_FAILURE)
        self.assertIn(b"EACCES", error)
        self.assertIn(b"label=disable", error)

    def test_signals_end_the_wait_at_once(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1):
            with self.subTest(number):
                process = self.launch_main("touch", "started")
                self.sidecar.accept()
                process.send_signal(number)
                self.finish(process, 128 + number)
                self.assertFalse(os.path.exists(self.path("started")))

    def test_signals_without_consequence_do_not_end_the_wait(self):
        process = self.launch_main("echo", "started")
        self.sidecar.accept()
        for number in (signal.SIGWINCH, signal.SIGCONT, signal.SIGCHLD, signal.SIGURG):
            process.send_signal(number)
        time.sleep(0.1)
        self.sidecar.context()
        self.assertEqual(self.finish(process, 0)[0], b"started\n")

    def test_an_ignored_signal_stays_ignored(self):
        process = self.start(["nohup", *self.command("run", "--main", "--", "sh", "-c", "kill -HUP $$; echo alive")])
        self.sidecar.accept()
        process.send_signal(signal.SIGHUP)
        time.sleep(0.1)
        self.sidecar.context()
        self.assertEqual(self.finish(process, 0)[0], b"alive\n")

    def test_abort_prints_the_text_and_exits_with_the_code(self):
        for text, printed in ((b"no such target", b"no such target\n"), (b"two\nlines\n", b"two\nlines\n"), (b"", b"")):
            with self.subTest(text):
                process = self.launch_main("touch", "started")
                self.sidecar.accept()
                self.sidecar.send(message(ABORT, b"\x07" + text))
                out, error = self.finish(process, 7)
                self.assertEqual((out, error), (b"", printed))
                self.assertFalse(os.path.exists(self.path("started")))

    def test_end_before_the_context_starts_nothing(self):
        process = self.launch("touch", "started")
        self.sidecar.accept()
        self.sidecar.send(message(END, b"over"))
        self.assertEqual(self.finish(process, OWN_FAILURE)[1], b"over\n")
        self.assertFalse(os.path.exists(self.path("started")))

    def test_wrong_arguments_are_refused(self):
        for arguments in ((), ("--main",), ("--main", "--"), ("--other", "true"), ("--pid1-app", "--", "true")):
            with self.subTest(arguments):
                _, error = self.finish(self.launch(*arguments), OWN_FAILURE)
                self.assertIn(b"usage: run", error)


class BrokenPeerTest(LauncherTest):
    def refused(self, data):
        process = self.launch_main("touch", "started")
        self.sidecar.accept()
        try:
            self.sidecar.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.sidecar.hang_up()
        _, error = self.finish(process, OWN_FAILURE)
        self.assertFalse(os.path.exists(self.path("started")), data[:40])
        return error

    def test_a_connection_closed_too_early_is_said(self):
        whole = message(CONTEXT, entry(SET, b"A=1"))
        for length in (0, 1, 4, 5, 6, len(whole) - 1):
            with self.subTest(length):
                self.assertIn(b"closed the connection", self.refused(whole[:length]))

    def test_unknown_messages_are_refused_by_their_number(self):
        self.assertIn(b"unknown type 9", self.refused(message(9, b"x")))
        self.assertIn(b"unknown type 0", self.refused(message(0)))
        self.assertIn(b"unknown type 72", self.refused(b"HTTP/1.1 400 Bad Request\r\n\r\n"))

    def test_impossible_lengths_are_refused(self):
        for kind in (CONTEXT, ABORT, END):
            self.assertIn(b"impossible length 4294967295", self.refused(struct.pack(">BI", kind, 0xFFFFFFFF)))
        self.assertIn(b"impossible length 0", self.refused(message(ABORT)))

    def test_random_bytes_never_start_anything(self):
        source = random.Random(1)
        for _ in range(60):
            data = bytearray(source.randbytes(source.randrange(1, 200)))
            if source.random() < 0.7:
                data[0] = CONTEXT
                data[1:5] = struct.pack(">I", source.randrange(5, 190))
            self.refused(bytes(data))
