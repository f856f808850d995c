"""Watches on the target's files: both engines, real inotify; a fake sidecar makes them on the target's own directory."""

import array
import ctypes
import errno
import os
import socket
import struct
import threading

from files_test import AUTO, PRELOAD, READ, READ_ONLY, SUPERVISE, TREE, rule
from layer_test import CallsTest, RULES, SANITIZED, Sanitized

DONT_FOLLOW = 0x02000000
EVENTS = b"100 new\n4 new\n200 new\n8000 -\n"


class TestingWatches:
    """The sidecar's socket `watch`."""

    def __init__(self, path, target):
        self.target = target
        self.asked = []
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                self.answer(peer)

    def answer(self, peer):
        received = array.array("i", [-1])
        data, control, _, _ = peer.recvmsg(1, socket.CMSG_SPACE(received.itemsize))
        received = array.array("i", control[0][2])
        while len(data) < 7 or len(data) < 7 + struct.unpack(">H", data[5:7])[0]:
            data += peer.recv(8192)
        mask = struct.unpack(">I", data[1:5])[0]
        path = data[7:]
        self.asked.append(path.decode())
        watch = self.libc.inotify_add_watch(received[0], os.path.realpath(self.target.encode() + path), ctypes.c_uint32(mask & ~DONT_FOLLOW))
        peer.sendall(struct.pack(">Hi", 0 if watch >= 0 else ctypes.get_errno(), watch))
        os.close(received[0])

    def close(self):
        self.listener.close()


class WatchingCase(CallsTest):
    def setUp(self):
        super().setUp()
        self.watches = TestingWatches(self.path("watch"), self.target)
        self.addCleanup(self.watches.close)

    def watching(self):
        self.assertEqual(self.calls("watching"), EVENTS)
        self.assertNotIn("/usr", self.watches.asked)


class WatchingTest(WatchingCase):
    def test_the_apps_watches_are_on_the_targets_files(self):
        self.watching()

    def test_what_the_target_does_not_have_is_watched_in_the_image(self):
        out = self.python(
            "import ctypes, os\n"
            "c = ctypes.CDLL(None, use_errno=True)\n"
            "f = c.inotify_init1(0)\n"
            "print(c.inotify_add_watch(f, %r.encode(), 0x100) > 0, c.inotify_add_watch(f, b'/srv/none', 0x100), ctypes.get_errno())\n"
            "os.close(os.open('new', os.O_CREAT | os.O_WRONLY))\n"
            "print(b'new' in os.read(f, 1000))" % self.directory,
            rules=[rule(TREE, READ_ONLY, "/srv"), rule(TREE, READ, self.directory)],
        )
        self.assertEqual(out.split(), ["True", "-1", str(errno.ENOENT), "True"])
        self.assertEqual(self.watches.asked, [self.directory, "/srv/none"])

    def test_without_a_sidecar_a_watch_fails_and_the_next_one_works(self):
        self.watches.close()
        os.unlink(self.path("watch"))
        out = self.python(
            "import ctypes\n"
            "c = ctypes.CDLL(None, use_errno=True)\n"
            "f = c.inotify_init1(0)\n"
            "print(c.inotify_add_watch(f, b'/srv', 0x100), ctypes.get_errno(), c.inotify_add_watch(f, b'/usr', 0x100) > 0)",
            rules=[rule(TREE, READ_ONLY, "/srv")],
        )
        self.assertEqual(out.split(), ["-1", str(errno.EIO), "True"])


class SupervisedWatchingTest(WatchingTest):
    engine = SUPERVISE

    def test_a_static_programs_watches_are_too(self):
        self.compiler = ["gcc", "-static"]
        self.make_calls()
        self.watching()

    def test_instances_that_the_app_has_closed_make_room(self):
        out = self.python(
            "import ctypes, os\n"
            "c = ctypes.CDLL(None, use_errno=True)\n"
            "for i in range(100): os.close(c.inotify_init1(0))\n"
            "f = c.inotify_init1(0)\n"
            "print(c.inotify_add_watch(f, b'/srv', 0x100) > 0)\n"
            "own = os.getppid()\n"
            "def link(n):\n"
            "  try: return os.readlink(f'/proc/{own}/fd/{n}')\n"
            "  except FileNotFoundError: return ''\n"
            "def held(): return sum('inotify' in link(n) for n in os.listdir(f'/proc/{own}/fd'))\n"
            "print(held() < 35)",
            rules=[rule(TREE, READ_ONLY, "/srv")],
        )
        self.assertEqual(out.split(), ["True", "True"])


class BothWatchingTest(WatchingTest):
    engine = AUTO

    def test_a_program_without_the_library_is_served_too(self):
        out, error = self.supervised("env", "-u", "LD_PRELOAD", self.path("calls"), "watching", rules=RULES)
        self.assertEqual(out, EVENTS, error)


class MuslWatchingTest(WatchingCase):
    compiler = ["musl-gcc"]

    def test_the_apps_watches_are_on_the_targets_files(self):
        self.watching()


class SanitizedWatchingTest(Sanitized, WatchingCase):
    def test_the_apps_watches_are_on_the_targets_files(self):
        self.watching()


if not SANITIZED:
    del SanitizedWatchingTest
