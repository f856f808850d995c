#!/usr/bin/env python3
"""Runs the tests of this folder against built programs. The last line says how many passed and failed."""

import argparse
import os
import platform
import shutil
import signal
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from fixture import Programs  # noqa: E402

MODULES = ["environment_test", "protocol_test", "life_test", "terminal_test", "hold_test", "relay_test", "policy_test", "files_test", "entry_test", "sockets_test", "volumes_test", "attach_test", "layer_test", "watching_test", "posix_test"]
# Under emulation: what depends on the architecture, start code, registers and structures.
SMOKE = [
    "environment_test.EnvironmentTest",
    "environment_test.LookupTest",
    "life_test.ExitCodeTest.test_the_apps_exit_code_is_the_launchers",
    "life_test.ExitCodeTest.test_an_app_killed_by_a_signal_is_128_and_the_signal",
    "life_test.SignalTest.test_sigterm_ends_the_app_and_gives_its_code",
    "life_test.EndTest",
    "protocol_test.JoiningTest.test_the_launcher_says_role_pid_and_program",
    "protocol_test.JoiningTest.test_a_context_in_small_pieces_is_understood",
    "protocol_test.JoiningTest.test_a_socket_that_never_comes_is_said",
    "protocol_test.JoiningTest.test_signals_end_the_wait_at_once",
    "protocol_test.JoiningTest.test_abort_prints_the_text_and_exits_with_the_code",
    "protocol_test.BrokenPeerTest",
    "terminal_test.TerminalTest.test_ctrl_c_reaches_the_app_and_not_twice",
    "hold_test.HoldTest.test_a_program_that_fails_is_restarted_five_times",
    "hold_test.HoldTest.test_sigterm_and_sigint_are_passed_on_and_end_with_the_programs_code",
    "relay_test.RelayTest.test_bytes_come_back_as_they_were_through_pipes",
    "relay_test.RelayTest.test_bytes_come_back_as_they_were_through_files",
    "policy_test.PolicyTest.test_decides_as_java_does",
    "layer_test.EmulatedLayerTest.test_it_judges_in_the_process",
    "relay_test.RelayTest.test_the_end_of_input_reaches_the_sidecar_which_may_still_answer",
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--shipped")
    parser.add_argument("--arch", default=platform.machine())
    parser.add_argument("tests", nargs="*")
    options = parser.parse_args()
    Programs.directory = os.path.abspath(options.programs)
    Programs.shipped = options.shipped and os.path.abspath(options.shipped)
    tests = options.tests or MODULES + (["container_test"] if Programs.shipped else [])
    if options.arch != platform.machine():
        emulator = shutil.which(f"qemu-{options.arch}-static")
        if emulator is None:
            sys.exit(f"qemu-{options.arch}-static is missing: layer-native/toolchain installs it")
        Programs.prefix = [emulator]
        tests = options.tests or SMOKE
    suite = unittest.defaultTestLoader.loadTestsFromNames(tests)
    # A signal ignored by whoever started us (nohup, a background job) would be ignored by the programs under test.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    result = unittest.TextTestRunner(verbosity=2, buffer=False).run(suite)
    failed = len({test.id().split(" ")[0] for test, _ in result.failures + result.errors})
    skipped = len(result.skipped)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(0 if result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
