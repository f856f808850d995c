"""The target's files: real programs under supervision, an ordinary directory as the target's tree."""

import ctypes
import errno
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import unittest

from fixture import LauncherTest, Programs, await_condition, entry, message, SET

FILES = 4
TWO_TREES = 128
AUTO, PRELOAD, SUPERVISE = range(3)
LOCAL, NOT_FOUND, READ_ONLY, READ_WRITE, READ, WRITE = range(1, 7)
EXACT, TREE, ENDING, EXPRESSION, PART, WORKING_DIRECTORY, HOME_TREE, HOME_HIDDEN, MOUNT = range(1, 10)


def rule(kind, decision, operand=""):
    data = operand if isinstance(operand, bytes) else operand.encode()
    return struct.pack(">BBH", kind, decision, len(data)) + data


def policy(otherwise, *rules):
    return struct.pack(">BBHH", 1, otherwise, 0, len(rules)) + b"".join(rules)


# What the tests' programs need of this machine. The tests' own directory is the working directory.
SYSTEM = [rule(TREE, LOCAL, tree) for tree in ("/usr", "/lib", "/lib64", "/bin", "/proc", "/dev", "/etc", "/sys", "/tmp", "/root")]


def detached(directory, read_only=False):
    """A mount that is attached nowhere, as the sidecar's; without the right to make one, the directory."""
    open_tree, mount_setattr, clone_tree, at_empty_path, mount_read_only = 428, 442, 1, 0x1000, 1
    libc = ctypes.CDLL(None, use_errno=True)
    tree = libc.syscall(open_tree, -100, directory.encode(), clone_tree | os.O_CLOEXEC)
    if tree < 0:
        return os.open(directory, os.O_PATH | os.O_DIRECTORY)
    if read_only:
        attributes = struct.pack("=QQQQ", mount_read_only, 0, 0, 0)
        assert libc.syscall(mount_setattr, tree, b"", at_empty_path, attributes, len(attributes)) == 0, ctypes.get_errno()
    return tree


class FilesTest(LauncherTest):
    engine = AUTO

    def setUp(self):
        super().setUp()
        self.target = self.path("target")
        os.makedirs(self.target + "/srv/sub")
        self.write("srv/secret", "of the target\n")
        self.write("srv/sub/deep", "deep\n")
        os.symlink("/srv/secret", self.target + "/srv/absolute")
        os.symlink("secret", self.target + "/srv/relative")
        os.symlink("../../../../../../etc/passwd", self.target + "/srv/out")
        os.symlink("loop", self.target + "/srv/loop")
        os.chmod(self.target, 0o755)

    def write(self, name, text):
        with open(self.target + "/" + name, "w", encoding="utf-8") as file:
            file.write(text)

    def give_files(self, otherwise, *rules):
        """FILES with the descriptors on its last bytes."""
        trees = self.trees()
        two = TWO_TREES if len(trees) == 2 else 0
        data = message(FILES, bytes([self.engine | two]) + policy(otherwise, *rules, *SYSTEM) + bytes(len(trees)))
        self.sidecar.connection.sendall(data[: -len(trees)])
        for tree in trees:
            socket.send_fds(self.sidecar.connection, [b"\0"], [tree])
            os.close(tree)

    def trees(self):
        return [detached(self.target)]

    def supervised(self, *command, rules=(), otherwise=READ, code=0, context=(), launch=None, **options):
        process = (launch or self.launch_main)(*command, **options)
        self.sidecar.accept()
        self.give_files(otherwise, *rules)
        self.sidecar.context(*context)
        return self.finish(process, code)

    def python(self, program, **options):
        return self.supervised(sys.executable, "-S", "-c", program, **options)[0].decode()


class ReadingTest(FilesTest):
    def test_a_file_of_the_target_is_read(self):
        self.assertEqual(self.supervised("cat", "/srv/secret")[0], b"of the target\n")

    def test_what_the_target_does_not_have_is_the_images(self):
        self.assertEqual(self.supervised("cat", self.target + "/srv/secret")[0], b"of the target\n")

    def test_a_local_path_stays_local(self):
        out, _ = self.supervised("cat", "/srv/secret", rules=[rule(TREE, LOCAL, "/srv")], code=1)
        self.assertEqual(out, b"")

    def test_a_relative_path_is_the_targets_where_a_rule_says_so(self):
        program = (
            "import os; os.chdir('/'); print(open('srv/secret').read(), end='');"
            "here = os.open('/', os.O_RDONLY | os.O_DIRECTORY);"
            "print(os.read(os.open('srv/sub/../secret', os.O_RDONLY, dir_fd=here), 99).decode(), end='');"
            "there = os.open('srv', os.O_RDONLY | os.O_DIRECTORY, dir_fd=here); print(os.stat('sub/deep', dir_fd=there).st_size)\n"
            "try: os.mkdir('srv/new')\nexcept OSError as error: print(error.errno)"
        )
        out = self.python(program, rules=[rule(TREE, READ_ONLY, "/srv")])
        self.assertEqual(out, "of the target\n" * 2 + "5\n%d\n" % errno.EROFS)

    def test_a_relative_path_is_the_images_otherwise(self):
        self.assertEqual(self.supervised("sh", "-c", "cd /; cat srv/secret", code=1)[0], b"")
        out, _ = self.supervised("sh", "-c", "cd /; cat srv/secret", rules=[rule(TREE, LOCAL, "/srv")], code=1)
        self.assertEqual(out, b"")

    def test_a_directory_is_listed(self):
        out, _ = self.supervised("ls", "-1", "/srv")
        self.assertEqual(out.split(), [b"absolute", b"loop", b"out", b"relative", b"secret", b"sub"])

    def test_links_are_resolved_in_the_targets_tree(self):
        self.assertEqual(self.supervised("cat", "/srv/absolute", "/srv/relative")[0], b"of the target\n" * 2)

    def test_no_link_leads_out_of_the_targets_tree(self):
        out, error = self.supervised("cat", "/srv/out", rules=[rule(TREE, READ_ONLY, "/srv")], code=1)
        self.assertEqual(out, b"")
        self.assertIn(b"No such file", error)

    def test_dots_do_not_lead_out_of_the_targets_tree(self):
        os.mkdir(self.target + "/etc")
        out, _ = self.supervised("cat", "/srv/../../../../srv/secret", rules=[rule(TREE, READ_ONLY, "/srv")])
        self.assertEqual(out, b"of the target\n")

    def test_a_path_that_is_not_found_is_not_found(self):
        _, error = self.supervised("cat", "/srv/secret", rules=[rule(EXACT, NOT_FOUND, "/srv/secret")], code=1)
        self.assertIn(b"No such file", error)

    def test_stat_access_and_readlink_answer_for_the_target(self):
        wanted = os.stat(self.target + "/srv/secret")
        out = self.python(
            "import os; s = os.stat('/srv/secret'); l = os.lstat('/srv/relative');"
            "print(s.st_ino, s.st_size, s.st_mtime_ns, l.st_ino, os.readlink('/srv/relative'),"
            "os.access('/srv/secret', os.R_OK), os.access('/srv/missing', os.F_OK), os.path.isdir('/srv/sub'))"
        )
        link = os.lstat(self.target + "/srv/relative")
        self.assertEqual(
            out.split(),
            [str(wanted.st_ino), "14", str(wanted.st_mtime_ns), str(link.st_ino), "secret", "True", "False", "True"],
        )

    def test_errors_are_those_of_the_file_system(self):
        out = self.python(
            "import os\n"
            "def e(f):\n"
            "  try: f(); return 0\n"
            "  except OSError as x: return x.errno\n"
            "print(e(lambda: os.open('/srv/loop', 0)), e(lambda: os.open('/srv/secret/x', 0)),"
            " e(lambda: os.readlink('/srv/secret')), e(lambda: os.listdir('/srv/secret')),"
            " e(lambda: os.stat('/srv/' + 'x' * 256)), e(lambda: os.stat('/srv/' + 'x/' * 3000)))",
            rules=[rule(TREE, READ_ONLY, "/srv")],
        )
        self.assertEqual(
            out.split(),
            [str(e) for e in (errno.ELOOP, errno.ENOTDIR, errno.EINVAL, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ENAMETOOLONG)],
        )

    def test_names_are_bytes(self):
        name = b"/srv/\xff\xfe line\nend"
        with open(self.target.encode() + name, "wb") as file:
            file.write(b"bytes")
        self.assertEqual(self.supervised("cat", name)[0], b"bytes")

    def test_what_is_read_can_be_mapped_and_inherited(self):
        out = self.python(
            "import mmap, os, subprocess; f = open('/srv/secret', 'rb'); m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ);"
            "print(m[:13].decode(), subprocess.check_output(['cat'], stdin=f).decode())"
        )
        self.assertEqual(out.split("\n")[0], "of the target of the target")

    def test_close_on_exec_is_kept(self):
        out = self.python(
            "import os, fcntl; a = os.open('/srv/secret', os.O_RDONLY | os.O_CLOEXEC); b = os.open('/srv/secret', os.O_RDONLY);"
            "os.set_inheritable(b, os.get_inheritable(b));"
            "print(fcntl.fcntl(a, fcntl.F_GETFD), fcntl.fcntl(a, fcntl.F_GETFL) & os.O_NONBLOCK)"
        )
        self.assertEqual(out.split(), ["1", "0"])

    def test_children_and_threads_are_supervised_too(self):
        script = "for i in 1 2 3 4 5; do (cat /srv/secret; sh -c 'cat /srv/sub/deep') & done; wait"
        out, _ = self.supervised("sh", "-c", script)
        self.assertEqual(sorted(out.split(b"\n"))[1:], [b"deep"] * 5 + [b"of the target"] * 5)
        out = self.python(
            "import threading\n"
            "def read():\n"
            "  for i in range(100): assert open('/srv/secret').read() == 'of the target\\n'\n"
            "t = [threading.Thread(target=read) for i in range(16)]\n"
            "[x.start() for x in t]; [x.join() for x in t]; print('all')"
        )
        self.assertEqual(out, "all\n")

    def test_a_fifo_of_the_target_holds_nobody(self):
        os.mkfifo(self.target + "/srv/fifo")
        out = self.python("import os; f = os.open('/srv/fifo', os.O_RDONLY); print(open('/srv/secret').read())")
        self.assertIn("of the target", out)

    def test_signals_do_not_break_calls(self):
        out = self.python(
            "import signal\n"
            "n = 0\n"
            "def tick(*_):\n"
            "  global n; n += 1\n"
            "signal.signal(signal.SIGALRM, tick); signal.siginterrupt(signal.SIGALRM, False)\n"
            "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
            "while n < 100: assert open('/srv/secret').read() == 'of the target\\n'\n"
            "signal.setitimer(signal.ITIMER_REAL, 0); print('done')"
        )
        self.assertEqual(out, "done\n")

    def test_a_command_of_docker_exec_has_them_too(self):
        out, _ = self.supervised("cat", "/srv/secret", launch=self.launch)
        self.assertEqual(out, b"of the target\n")

    def test_the_command_of_docker_exec_keeps_its_exit_code_and_dies_with_the_launcher(self):
        self.supervised("sh", "-c", "exit 7", launch=self.launch, code=7)
        process = self.launch("sh", "-c", "echo $$ >up; exec sleep 60")
        self.sidecar.accept()
        self.give_files(READ)
        self.sidecar.context()
        pid = int(await_condition(lambda: os.path.exists(self.path("up")) and self.read("up").strip(), "a pid in up"))
        process.kill()
        await_condition(lambda: not os.path.exists(f"/proc/{pid}"), "the program's end")

    def test_without_files_nothing_is_supervised(self):
        process = self.launch_main("grep", "Seccomp:", "/proc/self/status")
        self.sidecar.accept_with_context()
        before = subprocess.check_output(["grep", "Seccomp:", "/proc/self/status"])
        self.assertEqual(self.finish(process, 0)[0], before)

    def test_rules_that_are_not_understood_are_said_and_files_are_the_images(self):
        process = self.launch_main("cat", "/srv/secret")
        self.sidecar.accept()
        self.sidecar.send(message(FILES, b"\x63rubbish"))
        self.sidecar.context()
        _, error = self.finish(process, 1)
        self.assertIn(b"rules for files are not understood", error)

    def test_files_that_may_not_be_taken_are_said_and_files_are_the_images(self):
        process = self.launch_main("cat", "/srv/secret")
        self.sidecar.accept()
        self.sidecar.send(message(FILES, bytes([self.engine]) + policy(READ, *SYSTEM) + b"\0"))
        self.sidecar.context()
        _, error = self.finish(process, 1)
        self.assertIn(b"label=disable", error)

    def test_the_trees_successor_is_used_when_the_sidecar_comes_back(self):
        process = self.launch_main("sh", "-c", "cat /srv/secret; echo >up; while ! [ -e go ]; do sleep 0.01; done; cat /srv/secret")
        self.sidecar.accept()
        self.give_files(READ)
        self.sidecar.context()
        self.await_file("up")
        self.sidecar.die()
        os.rename(self.target, self.target + "2")
        os.makedirs(self.target + "/srv")
        self.write("srv/secret", "new\n")
        self.sidecar.listen()
        self.sidecar.accept()
        self.give_files(READ)
        self.sidecar.context()
        # The launcher takes the message before it takes the next.
        self.sidecar.send(message(FILES, b"x"))
        await_condition(lambda: not self.unread(), "the launcher read everything")
        open(self.path("go"), "w", encoding="utf-8").close()
        self.assertEqual(self.finish(process, 0)[0], b"of the target\nnew\n")

    def unread(self):
        import array
        import fcntl
        import termios

        count = array.array("i", [0])
        fcntl.ioctl(self.sidecar.connection, termios.TIOCOUTQ, count)
        return count[0] > 0


class ChangingTest(FilesTest):
    def test_two_relative_names_are_judged_each(self):
        program = (
            "import os; os.chdir('/'); os.rename('srv/secret', '/srv/moved'); os.link('srv/moved', 'srv/linked');"
            "here = os.open('/', os.O_RDONLY); os.rename('srv/moved', 'srv/again', src_dir_fd=here, dst_dir_fd=here)\n"
            "try: os.rename('srv/again', 'tmp/apart')\nexcept OSError as error: print(error.errno)"
        )
        out = self.python(program, otherwise=LOCAL, rules=[rule(TREE, READ_WRITE, "/srv")])
        self.assertEqual(out, "%d\n" % errno.EXDEV)
        self.assertLessEqual({"again", "linked"}, set(os.listdir(self.target + "/srv")))

    def test_changes_are_local_in_read_mode(self):
        self.python(f"open('{self.directory}/written', 'w').write('local')")
        self.assertEqual(self.read("written"), "local")

    def test_a_read_only_place_refuses_changes_and_says_why_once(self):
        _, error = self.supervised(
            "sh", "-c", "echo x >/srv/secret; echo y >>/srv/new; mkdir /srv/dir; rm /srv/secret; true",
            rules=[rule(TREE, READ_ONLY, "/srv")],
        )
        self.assertEqual(error.count(b"Read-only file system"), 4, error)
        self.assertEqual(error.count(b"mirrord: /srv/secret may only be read (EROFS)"), 1, error)
        with open(self.target + "/srv/secret", encoding="utf-8") as file:
            self.assertEqual(file.read(), "of the target\n")

    def test_every_change_is_made_in_the_target(self):
        out = self.python(
            "import os\n"
            "os.umask(0o027)\n"
            "os.mkdir('/data/d', 0o777); f = os.open('/data/d/f', os.O_CREAT | os.O_WRONLY, 0o666); os.write(f, b'0123456789'); os.close(f)\n"
            "os.rename('/data/d/f', '/data/d/g'); os.link('/data/d/g', '/data/d/h'); os.symlink('g', '/data/d/s')\n"
            "os.chmod('/data/d/h', 0o604); os.truncate('/data/d/h', 4); os.utime('/data/d/g', ns=(1000000001, 2000000002))\n"
            "os.mkfifo('/data/d/p'); os.unlink('/data/d/p'); os.mkdir('/data/e'); os.rmdir('/data/e')\n"
            "os.chown('/data/d/g', os.getuid(), os.getgid()); os.lchown('/data/d/s', os.getuid(), os.getgid())\n"
            "s = os.statvfs('/data'); print(s.f_bsize > 0, sorted(os.listdir('/data/d')), open('/data/d/s').read())\n",
            rules=[rule(TREE, READ_WRITE, "/data")],
        ) if os.mkdir(self.target + "/data") is None else ""
        self.assertEqual(out, "True ['g', 'h', 's'] 0123\n")
        g = os.stat(self.target + "/data/d/g")
        self.assertEqual((stat.S_IMODE(g.st_mode), g.st_size, g.st_nlink, g.st_mtime_ns), (0o604, 4, 2, 2000000002))
        self.assertEqual(stat.S_IMODE(os.stat(self.target + "/data/d").st_mode), 0o750)

    def test_a_rename_between_target_and_image_is_a_copy_to_mv(self):
        os.mkdir(self.target + "/data")
        self.script("own", "own\n", 0o644)
        self.supervised("mv", self.path("own"), "/data/own", rules=[rule(TREE, READ_WRITE, "/data"), rule(TREE, LOCAL, self.directory)])
        with open(self.target + "/data/own", encoding="utf-8") as file:
            self.assertEqual(file.read(), "own\n")
        self.assertFalse(os.path.exists(self.path("own")))

    def test_copies_archives_and_searches_work(self):
        os.mkdir(self.target + "/data")
        rules = [rule(TREE, READ_WRITE, "/data"), rule(TREE, LOCAL, self.directory)]
        out, error = self.supervised(
            "sh", "-c",
            "cp -a /srv /data/copy && tar -C /data -cf archive.tar copy && tar -tf archive.tar | wc -l && find /data -type f | wc -l"
            " && grep -r deep /data && ls -l /data/copy >/dev/null && rm -r /data/copy && ls /data | wc -l",
            rules=rules,
        )
        self.assertEqual(out.split(b"\n"), [b"8", b"2", b"/data/copy/sub/deep:deep", b"0", b""], error)


@unittest.skipUnless(os.getuid() == 0, "needs root to make a read-only tree")
class TwoTreesTest(FilesTest):
    """A part may be changed: below an open directory the rule holds by which it was opened."""

    rules = [rule(TREE, READ_WRITE, "/data")]
    PROGRAM = (
        "import errno, os, shutil\n"
        "def e(f, *a, **k):\n"
        "  try: f(*a, **k); return 'done'\n"
        "  except OSError as x: return errno.errorcode[x.errno]\n"
        "srv, data = os.open('/srv', os.O_RDONLY), os.open('/data', os.O_RDONLY)\n"
        "print(e(os.unlink, 'secret', dir_fd=srv), e(os.mkdir, 'new', dir_fd=srv), e(os.open, 'new', os.O_CREAT | os.O_WRONLY, dir_fd=srv),"
        " e(os.open, 'secret', os.O_WRONLY, dir_fd=srv), e(os.rename, 'secret', 'moved', src_dir_fd=srv, dst_dir_fd=srv),"
        " e(os.rename, 'secret', 'moved', src_dir_fd=srv, dst_dir_fd=data), e(os.chmod, f'/proc/self/fd/{srv}/secret', 0),"
        " e(os.unlink, '../secret', dir_fd=os.open('sub', os.O_RDONLY, dir_fd=srv)))\n"
        "print(e(os.unlink, 'old', dir_fd=data), e(os.mkdir, 'new', dir_fd=data), e(os.open, 'f', os.O_CREAT | os.O_WRONLY, dir_fd=data),"
        " os.listdir(data))\n"
        "print(open('/srv/secret').read(), e(shutil.rmtree, '/srv'), e(shutil.rmtree, '/data/new'))\n"
    )
    OUT = (
        "EROFS EROFS EROFS EROFS EROFS EXDEV EROFS EROFS\n"
        "done done done ['f', 'new']\n"
        "of the target\n EROFS done\n"
    )

    def setUp(self):
        super().setUp()
        os.mkdir(self.target + "/data")
        self.write("data/old", "old\n")

    def trees(self):
        return [detached(self.target, read_only=True), detached(self.target)]

    def test_what_may_not_be_changed_is_not_changed_below_an_open_directory(self):
        self.assertEqual(self.python(self.PROGRAM, rules=self.rules).replace("'new', 'f'", "'f', 'new'"), self.OUT)
        self.assertEqual(sorted(os.listdir(self.target + "/srv")), ["absolute", "loop", "out", "relative", "secret", "sub"])

    def test_closing_all_descriptors_mixes_nothing_up(self):
        out = self.python(
            "import os\n"
            "for i in range(3):\n"
            "  os.closerange(3, 4096); open('/data/f', 'w').close(); os.closerange(3, 4096)\n"
            "  d = os.open('/srv', os.O_RDONLY)\n"
            "  try: os.unlink('secret', dir_fd=d); print('removed')\n"
            "  except OSError as x: print(x.errno)\n"
            "  os.closerange(3, 4096); os.stat('/srv'); os.closerange(3, 4096); open('/data/f', 'w').close()\n",
            rules=self.rules,
        )
        self.assertEqual(out, "30\n" * 3)


class TwoTreesByTheLibraryTest(TwoTreesTest):
    engine = PRELOAD


class TwoTreesBySupervisionTest(TwoTreesTest):
    engine = SUPERVISE


class HostileTest(FilesTest):
    engine = SUPERVISE

    def test_pointers_that_point_nowhere_are_efault_and_nothing_breaks(self):
        out = self.python(
            "import ctypes, os\n"
            "c = ctypes.CDLL(None, use_errno=True)\n"
            "def e(*a):\n"
            "  r = c.syscall(*[ctypes.c_long(x) if isinstance(x, int) else x for x in a]); return ctypes.get_errno() if r < 0 else r\n"
            "import mmap\n"
            "page = mmap.mmap(-1, 4096)\n"
            "address = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
            "page[4090:4096] = b'/srv/s'\n"  # no NUL before the end of the page
            "N = {'x86_64': (257, 262), 'aarch64': (56, 79)}[os.uname().machine]\n"
            "print(e(N[0], -100, 0, 0), e(N[0], -100, -1, 0), e(N[0], -100, 1 << 62, 0),"
            " e(N[1], -100, b'/srv/secret', 8, 0), e(N[1], -100, b'/srv/secret', 0, 0))\n"
            "print(open('/srv/secret').read())",
            rules=[rule(TREE, READ_ONLY, "/srv")],
        )
        self.assertEqual(out.split("\n")[0].split(), [str(errno.EFAULT)] * 5)
        self.assertIn("of the target", out)

    def test_a_path_that_changes_all_the_time_is_one_or_the_other(self):
        self.write("srv/another", "another!\n")
        out = self.python(
            "import ctypes, sys, threading\n"
            "sys.setswitchinterval(0.0001)\n"
            "c = ctypes.CDLL(None)\n"
            "b = ctypes.create_string_buffer(b'/srv/another')\n"
            "stop = False\n"
            "def change():\n"
            "  while not stop: b.value = b'/srv/secret'; b.value = b'/srv/another'; b[5] = b'/'\n"
            "t = threading.Thread(target=change); t.start()\n"
            "import os\n"
            "for i in range(3000):\n"
            "  f = c.open(b, 0)\n"
            "  if f >= 0: os.close(f)\n"
            "stop = True; t.join(); print('survived', open('/srv/secret').read())"
        )
        self.assertIn("survived of the target", out)

    def test_a_process_killed_while_it_waits_leaves_nothing_open(self):
        script = "i=0; while [ $i -lt 50 ]; do cat /srv/secret >/dev/null & kill -9 $! 2>/dev/null; i=$((i+1)); done; wait; cat /srv/secret"
        out, _ = self.supervised("sh", "-c", script)
        self.assertEqual(out, b"of the target\n")


class UserTest(FilesTest):
    engine = SUPERVISE

    def test_a_program_that_drops_to_another_user_is_supervised(self):
        if os.getuid() != 0:
            self.skipTest("needs root")
        out, error = self.supervised("setpriv", "--reuid", "1234", "--regid", "1234", "--clear-groups", "cat", "/srv/secret")
        self.assertEqual(out, b"of the target\n", error)

    def test_a_user_without_privileges_is_supervised(self):
        if os.getuid() != 0:
            self.skipTest("needs root")
        process = self.launch_main("sh", "-c", "id -u; cat /srv/secret; grep NoNewPrivs /proc/self/status", user=1234, group=1234, extra_groups=[])
        self.sidecar.accept()
        self.give_files(READ)
        self.sidecar.context()
        out, error = self.finish(process, 0)
        self.assertEqual(out.split(b"\n")[:3], [b"1234", b"of the target", b"NoNewPrivs:\t1"], error)


class PreloadReadingTest(ReadingTest):
    engine = PRELOAD


class SupervisedReadingTest(ReadingTest):
    engine = SUPERVISE


class PreloadChangingTest(ChangingTest):
    engine = PRELOAD


class SupervisedChangingTest(ChangingTest):
    engine = SUPERVISE
