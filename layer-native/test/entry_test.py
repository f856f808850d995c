"""What the launcher says of a program before it starts it."""

import os
import shutil
import struct
import subprocess

from files_test import AUTO, FilesTest, PRELOAD, READ_ONLY, SUPERVISE, TREE, rule

PROGRAM = "int main(void) { return 0; }"
# The note by which Go's linker marks what it makes.
NOTE = '__asm__(".section .note.go.buildid,\\"a\\",@note\\n .long 4, 4, 4\\n .asciz \\"Go\\"\\n .long 0\\n .previous\\n");'
STATIC = b"/app is a static program: the library cannot serve it"
GO = b"/app is a Go program: the library cannot serve it"
NOBODY = 65534


class ProgramsTest(FilesTest):

    def compiled(self, name, *options, source=PROGRAM):
        subprocess.run(["gcc", "-x", "c", "-o", self.path(name), *options, "-"], input=source.encode(), check=True)
        return self.path(name)

    def said(self, *command, engine=PRELOAD, **options):
        self.engine = engine
        error = self.supervised(*command, **options)[1]
        self.sidecar.die()
        self.sidecar.listen()
        return error


class EntryTest(ProgramsTest):
    def test_a_static_program_that_the_library_cannot_serve_is_named(self):
        app = self.compiled("app", "-static")
        error = self.said(app)
        self.assertIn(STATIC, error)
        self.assertIn(b'feature.fs.engine "auto" or "supervise" serves it', error)
        self.assertEqual(error.count(b"\n"), 1)
        self.assertEqual(self.said(app, engine=AUTO), b"")
        self.assertEqual(self.said(app, engine=SUPERVISE), b"")

    def test_a_dynamic_program_is_not_worth_a_word(self):
        self.assertEqual(self.said(self.compiled("app")), b"")

    def test_a_dynamic_program_of_go_asks_the_kernel_itself(self):
        self.assertIn(GO, self.said(self.compiled("app", source=NOTE + PROGRAM)))

    def test_the_command_line_is_followed(self):
        app = self.compiled("app", "-static")
        entry = self.script("entry", '#!/bin/sh\nexec "$@"\n')
        self.assertIn(STATIC, self.said(entry, app, "x"))
        self.assertIn(STATIC, self.said("env", "A=b", "timeout", "-v", "5", app))
        self.assertIn(STATIC, self.said("sh", "-c", "exec " + app))
        self.assertEqual(self.said("true", app), b"")

    def test_a_scripts_interpreter_is_named(self):
        app = self.compiled("app", "-static")
        self.assertIn(STATIC, self.said(self.script("entry", "#!" + app + " -x\n")))

    def test_a_program_that_takes_the_launchers_place_has_another_way_out(self):
        self.engine = AUTO
        process = self.launch("--main", "--pid1-app", "--", self.compiled("app", "-static"))
        self.sidecar.accept()
        self.give_files(5)
        self.sidecar.context()
        error = self.finish(process, 0)[1]
        self.assertIn(STATIC, error)
        self.assertIn(b'launcher.pid1 "launcher" lets it be supervised', error)


class RightsTest(ProgramsTest):
    def setUp(self):
        super().setUp()
        if os.getuid() != 0:
            self.skipTest("needs root")
        shutil.copy("/bin/true", self.path("taking"))

    def as_nobody(self, *command, engine=AUTO):
        return self.said(*command, engine=engine, user=NOBODY, group=NOBODY, extra_groups=[])

    def test_a_program_that_would_take_another_user_is_named(self):
        os.chmod(self.path("taking"), 0o4755)
        error = self.as_nobody("env", self.path("taking"))
        self.assertIn(b"/taking is a set-user-ID or set-group-ID program: without effect", error)
        self.assertIn(b'feature.fs.engine "preload"', error)
        self.assertEqual(self.as_nobody(self.path("taking"), engine=PRELOAD), b"")

    def test_where_it_takes_nothing_it_is_not_worth_a_word(self):
        os.chmod(self.path("taking"), 0o4755)
        self.assertEqual(self.said(self.path("taking"), engine=AUTO), b"")

    def test_a_program_with_capabilities_is_named(self):
        os.setxattr(self.path("taking"), "security.capability", struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0))
        self.assertIn(b"/taking has file capabilities: without effect", self.as_nobody(self.path("taking")))


class TargetsProgramTest(ProgramsTest):
    """The first program is the target's."""

    def setUp(self):
        super().setUp()
        self.write("srv/entry", "#!/bin/sh\necho $0 $#; cat /srv/secret\n")
        os.chmod(self.target + "/srv/entry", 0o755)

    def out(self, *command, engine, **options):
        self.engine = engine
        out = self.supervised(*command, **options)[0]
        self.sidecar.die()
        self.sidecar.listen()
        return out

    def test_a_script_that_only_the_target_has_is_started(self):
        for engine in (AUTO, PRELOAD, SUPERVISE):
            self.assertEqual(self.out("/srv/entry", "x", engine=engine), b"/srv/entry 1\nof the target\n")

    def test_a_program_that_only_the_target_has_is_started(self):
        shutil.copy("/bin/echo", self.target + "/srv/tool")
        for engine in (AUTO, PRELOAD, SUPERVISE):
            self.assertEqual(self.out("/srv/tool", "of", "it", engine=engine), b"of it\n")

    def test_it_is_found_on_the_search_path(self):
        own = dict(os.environ, PATH=os.environ["PATH"] + ":/srv")
        self.assertEqual(self.out("entry", engine=AUTO, env=own), b"/srv/entry 0\nof the target\n")

    def test_the_images_program_is_not_displaced_unless_a_rule_says_so(self):
        os.makedirs(self.target + self.directory)
        for directory, text in ((self.directory, "image"), (self.target + self.directory, "target")):
            with open(directory + "/app", "w", encoding="utf-8") as file:
                file.write("#!/bin/echo %s\n" % text)
            os.chmod(directory + "/app", 0o755)
        app = self.path("app")
        self.assertEqual(self.out(app, engine=AUTO), b"image %s\n" % app.encode())
        self.assertEqual(self.out("sh", "-c", app, engine=AUTO), b"image %s\n" % app.encode())
        rules = [rule(TREE, READ_ONLY, self.directory)]
        self.assertEqual(self.out(app, engine=AUTO, rules=rules), b"target %s\n" % app.encode())
        self.assertEqual(self.out("sh", "-c", app, engine=AUTO, rules=rules), b"target %s\n" % app.encode())

    def test_one_that_may_not_be_executed_is_said(self):
        os.chmod(self.target + "/srv/entry", 0o644)
        error = self.supervised("/srv/entry", code=127)[1]
        self.assertIn(b"cannot run /srv/entry", error)

    def test_a_program_without_its_loader_is_said(self):
        self.compiled("lost", "-Wl,--dynamic-linker=/nowhere/ld.so")
        shutil.move(self.path("lost"), self.target + "/srv/lost")
        error = self.supervised("/srv/lost", code=127)[1]
        self.assertIn(b"/srv/lost, a program of the target: ENOENT", error)
        self.assertIn(b"its interpreter or loader is not in this image", error)
