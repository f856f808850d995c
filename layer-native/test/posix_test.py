"""The table of posix_cases.py in an app, by each engine, and in the same tree directly: an ordinary directory is the target's. What differs is
in docs/files.md with its reason."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from files_test import FilesTest, PRELOAD, READ_WRITE, rule, SUPERVISE, TREE

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "posix_cases.py")
DOCUMENTATION = os.path.join(HERE, "..", "..", "docs", "files.md")
HEADING = "| case | engine | local | app | why |"
# With the library in the process such a pointer is read there, as by many functions of the C library.
LEFT_OUT = "nowhere"


def outcomes(lines):
    return dict(line.split(" = ", 1) for line in lines.splitlines())


def listed(cases, engine):
    """Of each case that differs: what it says here and there."""
    rows = {}
    with open(DOCUMENTATION, encoding="utf-8") as file:
        lines = file.read().split(HEADING)[1].splitlines()[2:]
    for line in lines:
        if not line.startswith("|"):
            break
        pattern, engines, local, app, _ = (cell.strip() for cell in line.strip("|").split("|"))
        if engines not in (engine, "both"):
            continue
        expression = re.compile(".*".join(re.escape(part) for part in pattern.strip("`").split("*")))
        matching = [case for case in cases if expression.fullmatch(case)]
        assert matching, pattern
        rows.update((case, (local, app)) for case in matching)
    return rows


@unittest.skipUnless(os.getuid() == 0, "files of several owners need root")
class PosixTest(FilesTest):
    engine = SUPERVISE
    name = "supervise"
    maxDiff = None

    def setUp(self):
        super().setUp()
        # Twenty thousand files: in memory.
        self.target = tempfile.mkdtemp(prefix="posix-", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, self.target)

    def finish(self, process, code=None, data=None):
        out, error = process.communicate(data, timeout=120)
        self.assertEqual(process.returncode, code, error[-4000:])
        return out, error

    def test_only_what_is_listed_differs(self):
        for name in ("direct", "app"):
            for place in ("other", "readonly"):
                os.makedirs(f"{self.target}/{name}/{place}")
            subprocess.run([sys.executable, CASES, "prepare", f"{self.target}/{name}/cases", "0"], check=True)
        command = [sys.executable, "-S", CASES, "run"]
        direct = outcomes(subprocess.check_output([*command, self.target + "/direct/cases", "0", LEFT_OUT], text=True))
        out, error = self.supervised(*command, "/app/cases", "0", LEFT_OUT, rules=[rule(TREE, READ_WRITE, "/app")])
        app = outcomes(out.decode())
        self.assertEqual(list(app), list(direct), error)
        self.assertGreater(len(app), 1000)
        found = {case: (direct[case].replace("|", "/"), app[case].replace("|", "/")) for case in direct if direct[case] != app[case]}
        self.assertEqual(found, listed(direct, self.name))


class PosixByTheLibraryTest(PosixTest):
    engine = PRELOAD
    name = "preload"
