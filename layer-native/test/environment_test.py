"""The app's environment, and finding the app."""

import os
import struct

from fixture import CONTEXT, OWN_FAILURE, SET, SET_IF_ABSENT, UNSET, LauncherTest, Programs, entry, message

OWN = {b"PATH": b"/usr/bin:/bin", b"KEPT": b"kept", b"CHANGED": b"before", b"GONE": b"secret"}


def name_of(variable):
    return variable.partition(b"=")[0]


class EnvironmentTest(LauncherTest):
    def environment(self, *context, own=OWN, arguments=("--main", "--")):
        process = self.launch(*arguments, "cat", "/proc/self/environ", env=own)
        self.sidecar.accept_with_context(*context)
        out, error = self.finish(process, 0)
        self.assertEqual(error, b"")
        got = out.split(b"\0")[:-1]
        if Programs.prefix:  # the emulator reverses the environment that it was given
            names = list(own)
            got.sort(key=lambda v: names.index(name_of(v)) if name_of(v) in names else len(names))
        return got

    def test_200_kb_of_variables_arrive_byte_for_byte(self):
        context = [
            b"LINES=one\ntwo\n\nfour\n",
            b"EQUALS==a=b=",
            b"LATIN=\xe4\xff\xfe\x80",
            "UTF8=\u00e4\u2603\U0001f600".encode(),
            b"EMPTY=",
            b"name with space=1",
            b"BIG=" + bytes(b % 255 + 1 for b in range(100_000)),
        ] + [b"N%04d=%s" % (n, b"x" * 40) for n in range(2500)]
        got = self.environment(*(entry(SET, v) for v in context))
        self.assertEqual(got, [k + b"=" + v for k, v in OWN.items()] + context)

    def test_operations_set_unset_and_set_if_absent_apply_in_order(self):
        got = self.environment(
            entry(SET, b"CHANGED=after"),
            entry(UNSET, b"GONE"),
            entry(UNSET, b"NEVER_THERE"),
            entry(SET_IF_ABSENT, b"KEPT=other"),
            entry(SET_IF_ABSENT, b"NEW=first"),
            entry(SET_IF_ABSENT, b"NEW=second"),
            entry(SET, b"TWICE=1"),
            entry(SET, b"TWICE=2"),
            entry(SET, b"KEP=prefix of a name"),
        )
        self.assertEqual(
            got,
            [b"PATH=/usr/bin:/bin", b"KEPT=kept", b"CHANGED=after", b"NEW=first", b"TWICE=2", b"KEP=prefix of a name"],
        )

    def test_an_unset_variable_can_be_set_again(self):
        got = self.environment(entry(UNSET, b"GONE"), entry(SET, b"GONE=back"))
        self.assertIn(b"GONE=back", got)

    def test_an_empty_context_leaves_the_containers_environment(self):
        self.assertEqual(self.environment(), [k + b"=" + v for k, v in OWN.items()])

    def test_a_program_run_beside_the_app_has_the_same_environment(self):
        got = self.environment(entry(SET, b"A=1"), arguments=())
        self.assertIn(b"A=1", got)

    def test_an_environment_too_long_for_the_kernel_is_said_without_its_values(self):
        process = self.launch_main("cat", env=OWN)
        self.sidecar.accept_with_context(entry(SET, b"A=" + b"topsecret" * 20000))
        out, error = self.finish(process, 126)
        self.assertIn(b"E2BIG", error)
        self.assertNotIn(b"topsecret", error)

    def test_broken_lists_of_variables_are_refused(self):
        for name, payload in {
            "a truncated list": entry(SET, b"A=1")[:-1],
            "a truncated list of": b"\x01\x00",
            "a variable without a name": entry(SET, b"=1"),
            "a name with": entry(UNSET, b"A=1"),
            "a variable without \"=\"": entry(SET, b"A"),
            "a variable with a NUL": entry(SET, b"A=1\0"),
            "an operation on variables that this launcher does not know": entry(9, b"A=1"),
            "more than 65536": entry(SET, b"A=1") * 65537,
            "a truncated": struct.pack(">BI", SET, 0xFFFFFFFF) + b"A=1",
        }.items():
            with self.subTest(name):
                process = self.launch_main("touch", "started", env=OWN)
                self.sidecar.accept()
                self.sidecar.send(message(CONTEXT, payload))
                _, error = self.finish(process, OWN_FAILURE)
                self.assertIn(b"mirrord: the sidecar sent " + name.encode(), error)
                self.assertFalse(os.path.exists(self.path("started")))


class LookupTest(LauncherTest):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("bin"))
        os.mkdir(self.path("locked"))

    def run_with_path(self, path, *arguments, code=0, own=b"/nonexistent"):
        context = [] if path is None else [entry(SET, b"PATH=" + path)]
        return self.run_main(*arguments, context=context, code=code, env={b"PATH": own} if own else {})

    def test_a_program_is_looked_up_in_the_new_environments_path(self):
        self.script("bin/tool", "#!/bin/sh\necho tool $0 $1\n")
        out, _ = self.run_with_path(b"/nonexistent::" + self.path("bin").encode(), "tool", "argument")
        self.assertEqual(out.decode(), f"tool {self.path('bin/tool')} argument\n")

    def test_an_empty_element_of_path_is_the_working_directory(self):
        self.script("tool", "#!/bin/sh\necho here\n")
        for path in (b"", b":/nonexistent", b"/nonexistent:"):
            with self.subTest(path):
                self.assertEqual(self.run_with_path(path, "tool")[0], b"here\n")

    def test_without_path_the_usual_directories_are_searched(self):
        self.assertEqual(self.run_with_path(None, "echo", "found", own=None)[0], b"found\n")

    def test_a_script_without_an_interpreter_line_is_run_by_the_shell(self):
        self.script("bin/plain", 'echo "$0" "$#" "$2"\n')
        path = self.path("bin").encode()
        self.assertEqual(
            self.run_with_path(path, "plain", "a", "b c")[0].decode(), f"{self.path('bin/plain')} 2 b c\n"
        )
        self.assertEqual(self.run_with_path(path, "./bin/plain")[0], b"./bin/plain 0 \n")

    def test_a_missing_program_is_127(self):
        _, error = self.run_with_path(b"/bin", "no-such-program", code=127)
        self.assertEqual(
            error, b"mirrord: cannot run no-such-program: not found in PATH (ENOENT: no such file or directory)\n"
        )
        _, error = self.run_with_path(b"/bin", "/no/such", code=127)
        self.assertEqual(error, b"mirrord: cannot run /no/such: ENOENT: no such file or directory\n")
        self.run_with_path(b"/bin", "", code=127)

    def test_a_program_that_may_not_be_run_is_126(self):
        self.script("bin/tool", "#!/bin/sh\n", mode=0o644)
        _, error = self.run_with_path(b"/nonexistent:" + self.path("bin").encode() + b":/bin", "tool", code=126)
        self.assertEqual(error, b"mirrord: cannot run tool: EACCES: permission denied\n")
        self.run_with_path(b"/bin", self.path("bin"), code=126)

    def test_a_runnable_program_later_in_path_wins_over_a_forbidden_one(self):
        self.script("bin/tool", "#!/bin/sh\n", mode=0o644)
        self.script("locked/tool", "#!/bin/sh\necho second\n")
        path = f"{self.path('bin')}:{self.path('locked')}".encode()
        self.assertEqual(self.run_with_path(path, "tool")[0], b"second\n")

    def test_a_missing_interpreter_is_told_from_a_missing_program(self):
        self.script("bin/tool", "#!/no/interpreter\n")
        _, error = self.run_with_path(b"/bin", self.path("bin/tool"), code=127)
        self.assertIn(b"its interpreter or loader is not in this image", error)
