"""The target's volumes: the launcher lends its mount namespace to a thread that plays the sidecar's socket."""

import os
import socket
import threading

from fixture import LauncherTest, MAIN, message, OWN_FAILURE, PATIENCE, REJOIN

VOLUMES = 5


class VolumesTest(LauncherTest):
    def setUp(self):
        super().setUp()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path("volumes"))
        self.listener.listen()
        self.listener.settimeout(PATIENCE)
        self.addCleanup(self.listener.close)
        self.lent = []

    def serve(self, answer):
        """Takes one namespace and answers, once the test has set `go`."""
        self.go = threading.Event()

        def work():
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return  # the test is over
            with peer:
                _, descriptors, _, _ = socket.recv_fds(peer, 16, 1)
                self.lent.append(os.readlink(f"/proc/self/fd/{descriptors[0]}"))
                os.close(descriptors[0])
                self.go.wait(PATIENCE)
                if answer is not None:
                    peer.send(answer)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def mount(self, answer, code):
        self.serve(answer)
        process = self.launch_main("echo", "started")
        self.sidecar.accept()
        self.sidecar.send(message(VOLUMES))
        self.sidecar.context()
        self.go.set()
        return self.finish(process, code)

    def test_the_app_starts_when_they_are_mounted(self):
        out, error = self.mount(b"\0", 0)
        self.assertEqual((out, error), (b"started\n", b""))
        self.assertEqual(self.lent, [os.readlink("/proc/self/ns/mnt")])

    def test_what_the_user_should_know_is_said(self):
        out, error = self.mount(b"\0mirrord: not mounted: /a\n", 0)
        self.assertEqual((out, error), (b"started\n", b"mirrord: not mounted: /a\n"))

    def test_nothing_is_started_without_them(self):
        out, error = self.mount(b"\1mirrord: cannot mount /a\n", OWN_FAILURE)
        self.assertEqual((out, error), (b"", b"mirrord: cannot mount /a\n"))

    def test_nothing_is_started_when_nobody_answers(self):
        out, error = self.mount(None, OWN_FAILURE)
        self.assertEqual(out, b"")
        self.assertIn(b"the target's volumes are not mounted: the sidecar does not do it: ECONNRESET", error)

    def test_nothing_is_started_when_nobody_listens(self):
        os.unlink(self.path("volumes"))
        process = self.launch_main("echo", "started")
        self.sidecar.accept()
        self.sidecar.send(message(VOLUMES))
        out, error = self.finish(process, OWN_FAILURE)
        self.assertEqual(out, b"")
        self.assertIn(b"the sidecar does not do it: ENOENT", error)

    def test_a_signal_ends_the_wait(self):
        self.serve(None)
        process = self.launch_main("echo", "started")
        self.sidecar.accept()
        self.sidecar.send(message(VOLUMES))
        process.terminate()
        self.assertEqual(self.finish(process, 128 + 15), (b"", b""))

    def test_they_are_mounted_again_after_the_sidecars_death_and_the_app_goes_on_meanwhile(self):
        self.serve(b"\0").join(0)
        self.go.set()
        process = self.launch_main("sh", "-c", "trap 'echo signalled; exit 3' USR1; echo up >up; while :; do sleep 0.05; done")
        self.assertEqual(self.sidecar.accept().role, MAIN)
        self.sidecar.send(message(VOLUMES))
        self.sidecar.context()
        self.await_file("up")
        self.sidecar.die()
        again = self.serve(b"\0")
        self.sidecar.listen()
        self.assertEqual(self.sidecar.accept().role, REJOIN)
        self.sidecar.send(message(VOLUMES))
        self.sidecar.context()
        process.send_signal(10)
        self.assertEqual(process.wait(PATIENCE), 3)
        self.go.set()
        again.join(PATIENCE)
        self.assertEqual(self.finish(process), (b"signalled\n", b""))
        self.assertEqual(self.lent, [os.readlink("/proc/self/ns/mnt")] * 2)
