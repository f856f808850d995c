"""Lives and deaths: signals, exit codes, zombies, the end of a session, rejoining."""

import os
import signal
import subprocess
import time

from fixture import (
    ABORT,
    END,
    REJOIN,
    LauncherTest,
    Programs,
    await_condition,
    children,
    message,
    state,
)

GONE = b"mirrord: the session is gone (sidecar does not answer)\n"
FOREVER = "touch up; while :; do sleep 0.05; done"


class ExitCodeTest(LauncherTest):
    def test_the_apps_exit_code_is_the_launchers(self):
        for code in (0, 1, 42, 125, 255):
            with self.subTest(code):
                self.run_main("sh", "-c", f"exit {code}", code=code)

    def test_an_app_killed_by_a_signal_is_128_and_the_signal(self):
        real_time = [] if Programs.prefix else [signal.SIGRTMIN + 1]  # the emulator has other numbers for them
        for number in [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, *real_time]:
            with self.subTest(number):
                self.run_main("sh", "-c", f"kill -{int(number)} $$", code=128 + number)

    def test_an_exit_code_survives_an_ignored_sigchld(self):
        self.run_main(
            "sh", "-c", "exit 9", code=9, preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        )

    def test_the_app_has_the_signal_mask_and_dispositions_of_the_launcher(self):
        out, _ = self.run_main("grep", "^Sig[BIC]", "/proc/self/status")
        before = subprocess.run(["grep", "^Sig[BIC]", "/proc/self/status"], stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(out, before)

    def test_the_app_has_no_descriptor_of_the_launcher(self):
        out, _ = self.run_main("ls", "/proc/self/fd", stdin=subprocess.DEVNULL)
        self.assertEqual(out.split(), [b"0", b"1", b"2", b"3"])  # 3 is the directory itself


class SignalTest(LauncherTest):
    def test_every_catchable_signal_reaches_the_app(self):
        app = self.script(
            "app.py",
            "import signal\n"
            "wanted = set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}\n"
            "signal.pthread_sigmask(signal.SIG_BLOCK, wanted)\n"
            "log = open('log', 'a', buffering=1)\n"
            "open('up', 'w').close()\n"
            "while True:\n"
            "    print(int(signal.sigwait(wanted)), file=log)\n",
        )
        process = self.launch_main("python3", app)
        self.sidecar.accept_with_context()
        self.app_is_up(process)
        numbers = [n for n in range(1, 65) if n not in (9, 17, 19, 32, 33)]
        for number in numbers:
            os.kill(process.pid, number)
            await_condition(
                lambda n=number: os.path.exists(self.path("log")) and str(n) in self.read("log").split(),
                f"signal {number}",
            )
        for pid in children(process.pid):
            os.kill(pid, signal.SIGKILL)
        self.finish(process, 137)

    def test_sigterm_ends_the_app_and_gives_its_code(self):
        process = self.launch_main("sh", "-c", "trap 'echo bye; exit 3' TERM; " + FOREVER)
        self.sidecar.accept_with_context()
        self.app_is_up(process).send_signal(signal.SIGTERM)
        self.assertEqual(self.finish(process, 3)[0], b"bye\n")

    def test_a_reader_that_is_gone_is_no_signal_for_the_app(self):
        read_end, write_end = os.pipe()
        script = "trap 'exit 5' PIPE; trap 'exit 4' TERM; " + FOREVER
        process = self.launch_main("sh", "-c", script, stderr=write_end)
        os.close(write_end)
        self.sidecar.accept_with_context()
        self.app_is_up(process)
        os.close(read_end)
        self.sidecar.send(message(END, b"nobody reads this"))
        self.finish(process, 4)


class EndTest(LauncherTest):
    def start_app(self, script=FOREVER):
        process = self.launch_main("sh", "-c", script)
        self.sidecar.accept_with_context()
        return self.app_is_up(process)

    def test_end_prints_the_text_and_ends_the_app_with_its_own_code(self):
        process = self.start_app("trap 'exit 5' TERM; " + FOREVER)
        self.sidecar.send(message(END, b"session over"))
        self.assertEqual(self.finish(process, 5)[1], b"session over\n")

    def test_an_app_that_ignores_sigterm_is_killed_with_its_group(self):
        process = self.start_app("trap '' TERM; sleep 1000 & echo $! > child; " + FOREVER)
        self.sidecar.send(message(END))
        self.assertEqual(self.finish(process, 137), (b"", b""))
        child = int(self.read("child"))
        await_condition(lambda: state(child) in (None, "Z"), "the grandchild is dead")

    def test_a_stopped_app_is_ended_too(self):
        process = self.start_app()
        (app,) = children(process.pid)
        os.kill(app, signal.SIGSTOP)
        await_condition(lambda: state(app) == "T", "stopped")
        self.sidecar.send(message(END))
        self.finish(process, 143)

    def test_an_unknown_message_ends_the_session(self):
        process = self.start_app()
        self.sidecar.send(message(9))
        self.assertIn(b"unknown type 9", self.finish(process, 143)[1])

    def test_the_sidecars_return_is_not_noticed_by_the_app(self):
        process = self.start_app("trap 'exit 6' TERM; " + FOREVER)
        for _ in range(3):
            self.sidecar.die()
            time.sleep(0.3)
            self.sidecar.listen()
            greeting = self.sidecar.accept_with_context()
            self.assertEqual((greeting.role, greeting.program), (REJOIN, b"sh"))
        time.sleep(1.7)  # longer than the time for rejoining
        self.assertIsNone(process.poll())
        self.sidecar.send(message(END, b"later"))
        self.assertEqual(self.finish(process, 6)[1], b"later\n")

    def test_a_sidecar_that_does_not_return_ends_the_app(self):
        process = self.start_app()
        self.sidecar.die()
        self.assertEqual(self.finish(process, 143)[1], GONE)

    def test_a_sidecar_that_returns_but_stays_silent_ends_the_app(self):
        process = self.start_app()
        self.sidecar.hang_up()
        self.sidecar.accept()
        self.assertEqual(self.finish(process, 143)[1], GONE)

    def test_a_sidecar_that_refuses_the_rejoin_ends_the_app(self):
        process = self.start_app()
        self.sidecar.hang_up()
        self.sidecar.accept()
        self.sidecar.send(message(ABORT, b"\x7dunknown session"))
        self.assertEqual(self.finish(process, 143)[1], b"unknown session\n")

    def test_an_app_that_ends_while_the_sidecar_is_away_keeps_its_code(self):
        process = self.start_app("touch up; sleep 0.5; exit 8")
        self.sidecar.die()
        self.finish(process, 8)


class NamespaceTest(LauncherTest):
    """The launcher as PID 1 of a process namespace."""

    def launch_as_pid_1(self, *arguments):
        return self.start(["unshare", "--pid", "--fork", "--kill-child", *self.command("run", *arguments)])

    def in_namespace(self, *arguments, context=()):
        process = self.launch_as_pid_1(*arguments)
        self.assertEqual(self.sidecar.accept_with_context(*context).pid, 1)
        return process

    def init_of(self, process):
        return await_condition(lambda: children(process.pid), "the namespace's first process")[0]

    def test_zombies_of_strangers_are_reaped(self):
        script = "for i in 1 2 3 4 5 6 7 8 9; do (sleep 0.1 & exec true); done; sleep 0.4; touch up; sleep 100"
        process = self.in_namespace("--main", "--", "sh", "-c", script)
        self.app_is_up(process)
        init = self.init_of(process)
        await_condition(lambda: len(children(init)) == 1, "only the app is left")
        (app,) = children(init)
        self.assertNotIn("Z", [state(pid) for pid in children(app)])
        os.kill(init, signal.SIGTERM)
        self.finish(process, 143)

    def test_end_kills_everything_in_the_namespace(self):
        process = self.in_namespace(
            "--main", "--", "sh", "-c", "trap '' TERM; setsid sleep 1000 & setsid sleep 1000 & " + FOREVER
        )
        self.app_is_up(process)
        self.sidecar.send(message(END, b"over"))
        self.assertEqual(self.finish(process, 137)[1], b"over\n")

    def test_an_init_is_pid_1_itself_and_gets_sigterm_at_the_end(self):
        process = self.in_namespace(
            "--main", "--pid1-app", "--", "sh", "-c", "trap 'echo $$; exit 7' TERM; " + FOREVER
        )
        self.app_is_up(process)
        init = self.init_of(process)
        self.assertIn("sleep", self.read_command(init))
        self.sidecar.send(message(END, b"over"))
        out, error = self.finish(process, 7)
        self.assertEqual((out, error), (b"1\n", b"over\n"))

    def read_command(self, pid):
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
            return file.read()

    def watcher_of(self, process):
        init = self.init_of(process)

        def find():
            for pid in children(init):
                with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                    if file.read() == "mirrord-watch\n":
                        return pid
            return None

        return await_condition(find, "the watcher")

    def test_the_watcher_survives_signals_and_the_terminal(self):
        process = self.in_namespace("--main", "--pid1-app", "--", "sh", "-c", "trap 'exit 7' TERM; " + FOREVER)
        self.app_is_up(process)
        watcher = self.watcher_of(process)
        self.assertEqual(os.getsid(watcher), watcher)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            os.kill(watcher, number)
        self.sidecar.die()  # it even rejoins
        self.sidecar.listen()
        self.assertEqual(self.sidecar.accept_with_context().role, REJOIN)
        self.sidecar.send(message(END))
        self.finish(process, 7)

    def test_the_watcher_obeys_an_init_that_shuts_down(self):
        script = "touch up; while [ ! -e go ]; do sleep 0.05; done; kill -TERM -1; " + FOREVER
        process = self.in_namespace("--main", "--pid1-app", "--", "sh", "-c", script)
        self.app_is_up(process)
        watcher = self.watcher_of(process)
        self.script("go", "")
        await_condition(lambda: state(watcher) in (None, "Z"), "the watcher is gone")
        os.kill(self.init_of(process), signal.SIGKILL)
        process.wait()

    def test_an_init_that_cannot_be_ended_is_said(self):
        process = self.in_namespace("--main", "--pid1-app", "--", "sh", "-c", "trap '' TERM; " + FOREVER)
        self.app_is_up(process)
        self.sidecar.send(message(END))
        self.assertTrue(any(b"stop its container" in line for line in process.stderr))
        os.kill(self.init_of(process), signal.SIGKILL)
        process.wait()

    def test_a_program_in_place_that_is_not_pid_1_is_killed_and_the_watcher_goes(self):
        process = self.launch("--main", "--pid1-app", "--", "sh", "-c", "trap '' TERM; " + FOREVER)
        self.sidecar.accept_with_context()
        self.app_is_up(process)
        self.sidecar.send(message(END, b"over"))
        _, error = self.finish(process)  # ends only when the watcher has closed standard error
        self.assertEqual((process.returncode, error), (-signal.SIGKILL, b"over\n"))

    def test_a_watcher_goes_with_its_program(self):
        process = self.launch("--main", "--pid1-app", "--", "sh", "-c", "exit 4")
        self.sidecar.accept_with_context()
        self.finish(process, 4)
        self.assertEqual(self.sidecar.connection.recv(1), b"")
