"""The policy in the launcher is the one in Java: the vectors are made and checked by FilePolicyTest."""

import base64
import os
import random
import struct
import subprocess
import unittest

from fixture import Programs

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "policy-vectors")


def vectors():
    policy, paths = None, []
    with open(VECTORS, encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("policy ") or not line:
                if policy is not None:
                    yield policy, paths
                policy, paths = base64.b64decode(line[7:]), []
            else:
                decision, path, served = line.split("\t")
                paths.append((int(decision), path, served))


def ask(policy, paths):
    data = struct.pack(">I", len(policy)) + policy
    for path in paths:
        data += struct.pack(">H", len(path)) + path
    program = [*Programs.prefix, os.path.join(Programs.directory, "policy_check")]
    return subprocess.run(program, input=data, capture_output=True, check=False)


class PolicyTest(unittest.TestCase):
    def test_decides_as_java_does(self):
        count = 0
        for policy, paths in vectors():
            out = ask(policy, [path.encode() for _, path, _ in paths]).stdout
            for decision, path, served in paths:
                length = struct.unpack(">H", out[1:3])[0]
                self.assertEqual((out[0], out[3 : 3 + length].decode()), (decision, served), path)
                out = out[3 + length :]
                count += 1
            self.assertEqual(out, b"")
        self.assertGreater(count, 5000)

    def test_broken_policies_are_refused_and_never_overrun(self):
        chance = random.Random(5)
        paths = [b"/old/a/b/c", b"/x/both.conf", b"/" + b"a" * 4000]
        accepted = 0
        for policy, _ in list(vectors())[:4]:
            for _ in range(60):
                broken = bytearray(policy)
                for _ in range(chance.randint(1, 4)):
                    broken[chance.randrange(len(broken))] = chance.randrange(256)
                del broken[chance.choice([len(broken), chance.randrange(len(broken))]) :]
                result = ask(bytes(broken), paths)
                self.assertIn(result.returncode, (0, 1), result.stderr)
                accepted += result.returncode == 0
        self.assertGreater(accepted, 0)
