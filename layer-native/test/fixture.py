"""What the tests share: the programs under test, a fake sidecar, and waiting for conditions."""

import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import unittest

MAIN, RUN, REJOIN = 1, 2, 3
CONTEXT, ABORT, END = 1, 2, 3
SET, UNSET, SET_IF_ABSENT = 1, 2, 3
OWN_FAILURE = 125
PATIENCE = 15


class Programs:
    """Set by run_tests.py."""

    directory = None
    shipped = None
    prefix = []


def await_condition(condition, what):
    end = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("never came true: " + what)
        time.sleep(0.01)


def entry(op, data):
    return struct.pack(">BI", op, len(data)) + data


def message(kind, payload=b""):
    return struct.pack(">BI", kind, len(payload)) + payload


class Greeting:
    def __init__(self, data):
        assert data[:4] == b"MRD1", data
        self.role, self.pid, length = struct.unpack(">BIH", data[4:11])
        self.program = data[11:]
        assert len(self.program) == length


class TestingSidecar:
    """Listens on a unix socket and plays the sidecar's part of the launcher's protocol."""

    def __init__(self, path):
        self.path = path
        self.connection = None
        self.listener = None
        self.listen()

    def listen(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o666)
        self.listener.listen()
        self.listener.settimeout(PATIENCE)

    def accept(self):
        self.connection, _ = self.listener.accept()
        self.connection.settimeout(PATIENCE)
        return Greeting(self.connection.recv(65536))

    def send(self, data):
        self.connection.sendall(data)

    def context(self, *entries):
        self.send(message(CONTEXT, b"".join(entries)))

    def accept_with_context(self, *entries):
        greeting = self.accept()
        self.context(*entries)
        return greeting

    def hang_up(self):
        self.connection.close()

    def die(self):
        self.connection.close()
        self.listener.close()
        os.unlink(self.path)

    def close(self):
        for end in (self.connection, self.listener):
            if end is not None:
                end.close()


class ProgramTest(unittest.TestCase):
    """Every test has its own working directory; the programs of the tests look for their sockets there."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="layer-native-")
        os.chmod(self.directory, 0o755)
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.processes = []
        self.addCleanup(self.end_processes)

    def end_processes(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

    def path(self, name):
        return os.path.join(self.directory, name)

    def command(self, program, *arguments):
        return [*Programs.prefix, os.path.join(Programs.directory, program), *arguments]

    def start(self, command, **options):
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        process = subprocess.Popen(command, cwd=self.directory, **options)
        self.processes.append(process)
        return process

    def start_program(self, program, *arguments, **options):
        return self.start(self.command(program, *arguments), **options)

    def finish(self, process, code=None, data=None):
        """The output of a process that ends by itself."""
        out, error = process.communicate(data, timeout=PATIENCE)
        if code is not None:
            self.assertEqual(process.returncode, code, ((out or b"")[-2000:], (error or b"")[-4000:]))
        return out, error

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def await_file(self, name, content=""):
        await_condition(
            lambda: os.path.exists(self.path(name)) and content in self.read(name), f"{content!r} in {name}"
        )
        return self.read(name)

    def script(self, name, text, mode=0o755):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)


class LauncherTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.sidecar = TestingSidecar(self.path("sock"))
        self.addCleanup(self.sidecar.close)

    def launch(self, *arguments, **options):
        return self.start_program("run", *arguments, **options)

    def launch_main(self, *arguments, **options):
        return self.launch("--main", "--", *arguments, **options)

    def run_main(self, *arguments, context=(), code=0, **options):
        process = self.launch_main(*arguments, **options)
        self.sidecar.accept_with_context(*context)
        return self.finish(process, code)

    def app_is_up(self, process):
        """Starts a shell script as the app with this and waits for its file `up`."""
        self.await_file("up")
        return process


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def state(pid):
    """The letter of /proc/PID/stat, None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None
