"""The library in the app's processes: what it asks of a C library, and how it lives in programs of two of them."""

import os
import re
import shutil
import subprocess
import unittest

from files_test import AUTO, FilesTest, PRELOAD, READ, READ_ONLY, READ_WRITE, SUPERVISE, TREE, rule
from fixture import Programs

LIBRARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "build", os.uname().machine, "liblayer.so")
RULES = [rule(TREE, READ_ONLY, "/srv"), rule(TREE, READ_WRITE, "/data")]
READING = b"""open of the target
openat of the target
below a directory deep
fopen of the target
freopen of the target
realpath /srv/secret
realpath /srv/secret
scandir absolute loop out relative secret sub
opendir 3
in /srv/sub: deep
"""
LIVING = b"""first of the target
after close-all of the target
after others took its number of the target
and are still there of the target
child of the target
of the target
after vfork of the target
after signals of the target
"""
EXECUTING = b"""execve(TOOL, three, environ) 3
execv(TOOL, two) 2
execvp("tool", three) 3
execvpe("tool", two, environ) 2
execl(TOOL, "tool", "counting", "x", "y", (char *)((void *)0)) 4
execlp("tool", "tool", "counting", (char *)((void *)0)) 2
execle(TOOL, "tool", "counting", "x", (char *)((void *)0), own) 3
execv(SCRIPT, two) 4
execlp("a-script", "script", "x", "y", (char *)((void *)0)) 5
execv("/srv/secret", two) 113
execv("/srv/missing", two) 102
execv("/srv/looping", two) 140
execvp("true", two) 0
execl("/bin/sh", "sh", "-c", "exit 7", (char *)((void *)0)) 7
posix_spawn 3
posix_spawnp 2
posix_spawnp script 4
posix_spawnp true 0
""".replace(b"((void *)0)", b"NULL")


def symbols():
    out = subprocess.run(["readelf", "-W", "--dyn-syms", LIBRARY], check=True, capture_output=True, text=True).stdout
    return [line.split()[3:] for line in out.splitlines() if re.match(r"\s+[1-9][0-9]*:", line)]


class AbiTest(unittest.TestCase):
    def test_it_needs_no_library_and_no_version(self):
        out = subprocess.run(["readelf", "-W", "-d", "-V", LIBRARY], check=True, capture_output=True, text=True).stdout
        self.assertNotIn("NEEDED", out)
        self.assertNotIn("GLIBC", out)
        self.assertIn("No version information", out)

    def test_what_it_uses_is_weak_and_in_both_c_libraries(self):
        used = {symbol[4]: symbol[1] for symbol in symbols() if symbol[3] == "UND"}
        self.assertEqual(set(used.values()), {"WEAK"})
        self.assertLessEqual(
            set(used),
            {"__errno_location", "environ", "dlsym", "fdopen", "fdopendir", "readdir", "closedir", "malloc", "realloc", "free", "qsort"},
        )

    def test_nothing_but_hooks_is_visible(self):
        shown = {symbol[4] for symbol in symbols() if symbol[3] != "UND"}
        self.assertIn("open", shown)
        own = [name for name in shown if name.startswith(("layer", "policy", "tree", "room", "mem", "str", "text", "say"))]
        self.assertEqual(own, [])


class CallsTest(FilesTest):
    """With the program layer_calls in the working directory."""

    engine = PRELOAD
    compiler = ["gcc"]

    def setUp(self):
        super().setUp()
        os.mkdir(self.target + "/data")
        os.chmod(self.target + "/data", 0o777)
        self.make_calls()

    def make_calls(self):
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "layer_calls.c")
        program = os.path.join(Programs.directory, "layer_calls-" + "".join(self.compiler))
        if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
            subprocess.run([*self.compiler, "-Wall", "-Wextra", "-Wno-nonnull", "-O1", "-o", program, source, "-lpthread"], check=True)
        shutil.copy(program, self.path("calls"))

    def calls(self, what, **options):
        return self.supervised(self.path("calls"), what, rules=RULES, **options)[0]


class LayerTest(CallsTest):
    reading = READING

    def programs_of_the_target(self):
        shutil.copy(self.path("calls"), self.target + "/srv/tool")
        for name, interpreter in (("a-script", "/srv/tool counting"), ("looping", "/srv/looping")):
            self.write("srv/" + name, "#! " + interpreter + "\n")
            os.chmod(self.target + "/srv/" + name, 0o755)

    def test_programs_of_the_target_are_executed(self):
        self.programs_of_the_target()
        self.assertEqual(self.calls("executing"), EXECUTING)

    def test_all_that_reads_is_served(self):
        self.assertEqual(self.calls("reading"), self.reading)

    def test_all_that_changes_is_served(self):
        self.assertEqual(self.calls("changing"), b"changed\n")
        self.assertEqual(os.listdir(self.target + "/data"), [])

    def test_closing_forking_and_signals_are_survived(self):
        self.assertEqual(self.calls("living"), LIVING)

    def test_threads_are_served_while_descriptors_are_closed(self):
        self.assertEqual(self.calls("threads"), b"joined\n")


class Sanitized(CallsTest):
    """The library's own code under AddressSanitizer and UndefinedBehaviorSanitizer."""

    def setUp(self):
        super().setUp()
        shutil.copy(os.path.join(Programs.directory, "layer_calls"), self.path("calls"))

    def calls(self, what, **options):
        quiet = dict(os.environ, ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
        out, error = self.supervised(self.path("calls"), what, rules=RULES, env=quiet, **options)
        self.assertNotIn(b"runtime error", error)
        return out


SANITIZED = os.path.exists(os.path.join(Programs.directory, "layer_calls"))


class SanitizedLayerTest(Sanitized, LayerTest):
    pass


if not SANITIZED:
    del SanitizedLayerTest


class MuslLayerTest(LayerTest):
    compiler = ["musl-gcc"]


class EmulatedLayerTest(FilesTest):
    """The other architecture's library, in a program of its C library."""

    engine = PRELOAD

    def test_it_judges_in_the_process(self):
        here = os.path.dirname(os.path.abspath(__file__))
        library = os.path.join(here, "..", "build", "aarch64", "liblayer.so")
        subprocess.run(
            ["aarch64-linux-gnu-gcc", "-Wno-nonnull", "-O1", "-o", self.path("calls"), os.path.join(here, "layer_calls.c"), "-lpthread"],
            check=True,
        )
        emulator = ["env", "-u", "LD_PRELOAD", "qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu", "-E", "LD_PRELOAD=" + library]
        out, error = self.supervised(*emulator, self.path("calls"), "judging", rules=RULES)
        self.assertEqual(out, b"judged\n", error)


if not Programs.prefix:
    del EmulatedLayerTest


class SupervisedCallsTest(LayerTest):
    """The same program without the library: both engines do the same but for working directory and programs."""

    engine = SUPERVISE
    reading = READING.replace(b"in /srv/sub: deep\n", b"")

    def test_programs_of_the_target_are_executed(self):
        """Not here: the kernel takes the path from the process, which the supervisor cannot change."""
        self.programs_of_the_target()
        self.assertIn(b"execv(TOOL, two) 102\n", self.calls("executing"))


class BothEnginesTest(LayerTest):
    engine = AUTO

    def test_a_program_without_the_library_is_supervised(self):
        out, _ = self.supervised("env", "-u", "LD_PRELOAD", "cat", "/srv/secret", rules=RULES)
        self.assertEqual(out, b"of the target\n")

    def test_calls_of_the_library_do_not_stop_at_the_supervisor(self):
        script = "import os, time\nos.stat('/usr')\nt = time.monotonic()\nfor i in range(20000): os.stat('/usr')\nprint((time.monotonic() - t) / 20000)"
        both = float(self.python(script))
        self.sidecar.die()
        self.sidecar.listen()
        self.engine = SUPERVISE
        supervised = float(self.python(script))
        self.assertLess(both * 1.5, supervised)


class EnvironmentTest(FilesTest):
    engine = PRELOAD

    def preload(self, **options):
        return self.supervised("sh", "-c", "echo $LD_PRELOAD", **options)[0].decode().strip()

    def test_the_users_own_library_stays_first(self):
        own = dict(os.environ, LD_PRELOAD="/own.so")
        value = self.supervised("sh", "-c", "echo $LD_PRELOAD", env=own)[0].decode().strip()
        self.assertRegex(value, r"^/own\.so:/.*/liblayer\.so$")

    def test_it_is_there_only_where_the_engine_wants_it(self):
        self.assertRegex(self.preload(), r"/liblayer\.so$")
        self.sidecar.die()
        self.sidecar.listen()
        self.engine = SUPERVISE
        self.assertEqual(self.preload(), "")

    def test_a_program_without_the_launchers_name_has_the_images_files(self):
        self.supervised("env", "-u", "MIRRORD_FILES", "cat", "/srv/secret", code=1)

    def test_nothing_is_supervised_by_the_library_alone(self):
        out, _ = self.supervised("grep", "Seccomp:", "/proc/self/status")
        self.assertEqual(out, subprocess.check_output(["grep", "Seccomp:", "/proc/self/status"]))

    def test_a_program_that_takes_the_launchers_place_has_files(self):
        process = self.launch("--main", "--pid1-app", "--", "sh", "-c", "cat /srv/secret; echo $$")
        self.sidecar.accept()
        self.give_files(READ)
        self.sidecar.context()
        out, _ = self.finish(process, 0)
        self.assertEqual(out, b"of the target\n%d\n" % process.pid)

    def test_a_process_keeps_no_descriptor_before_it_uses_the_target(self):
        out = self.python("import os; before = os.listdir('/proc/self/fd'); os.stat('/usr'); print(sorted(before))")
        self.assertEqual(out.strip(), "['0', '1', '2', '3']")

    def test_a_program_that_is_run_in_another_user_is_served(self):
        if os.getuid() != 0:
            self.skipTest("needs root")
        script = "import os; os.setgroups([]); os.setgid(1234); os.setuid(1234); print(open('/srv/secret').read())"
        self.assertIn("of the target", self.python(script))
