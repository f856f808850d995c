"""Standard streams joined with a socket."""

import os
import pty
import socket
import subprocess
import threading
import time

from fixture import OWN_FAILURE, PATIENCE, ProgramTest


class RelayTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.listen()

    def listen(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path("control.sock"))
        self.listener.listen()
        self.listener.settimeout(PATIENCE)
        self.addCleanup(self.listener.close)

    def relay(self, **options):
        options.setdefault("stdin", subprocess.PIPE)
        process = self.start_program("relay", "control", bufsize=0, **options)
        peer, _ = self.listener.accept()
        peer.settimeout(PATIENCE)
        self.addCleanup(peer.close)
        return process, peer

    def echo(self, peer):
        def loop():
            while data := peer.recv(1 << 20):
                peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        self.addCleanup(thread.join)

    def test_bytes_come_back_as_they_were_through_pipes(self):
        process, peer = self.relay()
        self.echo(peer)
        data = os.urandom(30_000_000)
        self.assertTrue(self.finish(process, 0, data)[0] == data)

    def test_bytes_come_back_as_they_were_through_files(self):
        data = os.urandom(5_000_000)
        with open(self.path("in"), "wb") as file:
            file.write(data)
        with open(self.path("in"), "rb") as source, open(self.path("out"), "wb") as sink:
            process, peer = self.relay(stdin=source, stdout=sink)
            self.echo(peer)
            self.assertEqual(process.wait(PATIENCE), 0)
        with open(self.path("out"), "rb") as file:
            self.assertTrue(file.read() == data)

    def test_bytes_come_back_as_they_were_through_sockets(self):
        near, far = socket.socketpair()
        process, peer = self.relay(stdin=far, stdout=far)
        far.close()
        self.echo(peer)
        data = os.urandom(5_000_000)
        sender = threading.Thread(target=lambda: (near.sendall(data), near.shutdown(socket.SHUT_WR)))
        sender.start()
        got = bytearray()
        while part := near.recv(1 << 20):
            got += part
        sender.join()
        near.close()
        self.assertTrue(got == data)
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_a_terminal_works(self):
        near, far = pty.openpty()
        process, peer = self.relay(stdin=far, stdout=far)
        os.close(far)
        os.write(near, b"line\n")
        self.assertEqual(peer.recv(100), b"line\n")
        peer.sendall(b"answer\n")
        seen = b""
        while b"answer" not in seen:
            seen += os.read(near, 100)
        peer.close()
        self.assertEqual(process.wait(PATIENCE), 0)
        os.close(near)

    def test_the_end_of_input_reaches_the_sidecar_which_may_still_answer(self):
        process, peer = self.relay()
        process.stdin.write(b"question")
        process.stdin.close()
        self.assertEqual(peer.recv(100), b"question")
        self.assertEqual(peer.recv(100), b"")
        peer.sendall(b"answer")
        self.assertEqual(process.stdout.read(6), b"answer")
        peer.close()
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_the_end_of_the_sidecars_output_leaves_the_input_open(self):
        process, peer = self.relay()
        peer.sendall(b"last")
        peer.shutdown(socket.SHUT_WR)
        self.assertEqual(process.stdout.read(), b"last")
        process.stdin.write(b"still")
        self.assertEqual(peer.recv(100), b"still")
        process.stdin.close()
        self.assertEqual(peer.recv(100), b"")
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_a_sidecar_that_closes_ends_the_relay_even_with_input_open(self):
        process, peer = self.relay()
        peer.sendall(b"x" * 100_000)
        peer.close()
        self.assertEqual(len(process.stdout.read()), 100_000)
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_a_reader_that_is_gone_is_told_to_the_sidecar(self):
        process, peer = self.relay()
        process.stdout.close()
        with self.assertRaises((BrokenPipeError, ConnectionResetError)):
            for _ in range(1000):
                peer.sendall(b"x" * 1000)
                time.sleep(0.001)
        process.stdin.close()
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_a_slow_direction_does_not_hold_the_other_back(self):
        process, peer = self.relay()
        peer.settimeout(0.3)
        with self.assertRaises(TimeoutError):  # nobody reads the output
            for _ in range(1000):
                peer.sendall(b"x" * 100_000)
        peer.settimeout(PATIENCE)
        process.stdin.write(b"small")
        self.assertEqual(peer.recv(100), b"small")
        process.kill()

    def test_waiting_costs_no_processor_time(self):
        process, peer = self.relay()
        peer.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            for _ in range(1000):
                peer.sendall(b"x" * 100_000)
        peer.close()  # the output is full, the socket is closed, the input is open
        before = self.ticks(process)
        time.sleep(0.5)
        self.assertLess(self.ticks(process) - before, 5)
        process.stdout.read()
        self.assertEqual(process.wait(PATIENCE), 0)

    def ticks(self, process):
        with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def test_the_socket_may_come_late(self):
        self.listener.close()
        os.unlink(self.path("control.sock"))
        process = self.start_program("relay", "control", stdin=subprocess.DEVNULL)
        time.sleep(0.3)
        self.listen()
        peer, _ = self.listener.accept()
        peer.close()
        self.finish(process, 0)

    def test_a_socket_that_never_comes_is_said(self):
        process = self.start_program("relay", "tunnel", stdin=subprocess.DEVNULL)
        _, error = self.finish(process, OWN_FAILURE)
        self.assertEqual(error, b"mirrord: relay: cannot connect to ./tunnel.sock: ENOENT: no such file or directory\n")

    def test_names_cannot_leave_the_directory(self):
        for name in ("../control", "a/b", "", "A", "a.b", "a" * 65, "x\n"):
            process = self.start_program("relay", name, stdin=subprocess.DEVNULL)
            self.assertIn(b"usage: relay NAME", self.finish(process, OWN_FAILURE)[1])
