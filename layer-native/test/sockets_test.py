"""Unix sockets of the target: real clients, a thread that plays the sidecar's sockets."""

import errno
import os
import shutil
import socket
import struct
import subprocess
import threading

from files_test import AUTO, FILES, FilesTest, LOCAL, policy, PRELOAD, READ, rule, SUPERVISE, SYSTEM, TREE
from fixture import message

REFUSING, SILENT = "/run/refusing.sock", "/run/silent.sock"
CLIENT = r"""
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int reach(int fd, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
}

static void talk(int fd, const char *what) {
    char text[64] = "";
    write(fd, "hello", 5);
    int length = read(fd, text, 60);
    printf("%s: %.*s\n", what, length < 0 ? 0 : length, text);
    close(fd);
}

int main(int count, char **paths) {
    signal(SIGPIPE, SIG_IGN);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    printf("%d", reach(fd, "/run/refusing.sock"));
    printf(" %d\n", reach(fd, "/run/db.sock"));
    talk(fd, "stream after a refusal");
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    printf("%d", reach(fd, "/run/db.sock"));
    printf(" %d", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    printf(" %d\n", reach(fd, "/run/db.sock") == EISCONN);
    fcntl(fd, F_SETFL, 0);
    talk(fd, "without blocking");
    fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    printf("%d\n", reach(fd, "/run/db.sock"));
    talk(fd, "packets");
    fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    printf("%d\n", reach(fd, "/run/db.sock"));
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    printf("%d %d\n", reach(fd, "/run/nobody"), reach(-1, "/run/db.sock"));
    for (int i = 1; i < count; i++) {
        printf("%d\n", reach(fd, paths[i]));
        talk(fd, "local");
    }
    return 0;
}
"""
SAID = b"""111 0
stream after a refusal: HELLO
0 1 1
without blocking: HELLO
0
packets: HELLO
2
2 9
0
local: hello of this machine
"""


def expression(text):
    """What the sidecar makes of a text without operators."""
    code = b"".join(struct.pack(">BHH", 1, byte, 0) for byte in text.encode()) + struct.pack(">BHH", 10, 0, 0)
    return struct.pack(">H", len(code) // 5) + code + struct.pack(">H", 0)


def socket_rules(*texts):
    parts = [expression(text) for text in texts]
    return struct.pack(">H", len(parts)) + b"".join(struct.pack(">H", len(part)) + part for part in parts)


class SocketsTest(FilesTest):
    engine = PRELOAD
    compiler = ["gcc"]
    files = False

    def setUp(self):
        super().setUp()
        self.tokens = {}
        self.serve("ask", socket.SOCK_STREAM, self.answer)
        self.serve("streams", socket.SOCK_STREAM, self.join)
        self.serve("packets", socket.SOCK_SEQPACKET, self.join)
        self.serve("own.sock", socket.SOCK_STREAM, lambda client: client.sendall(client.recv(5) + b" of this machine"))

    def serve(self, name, kind, handle):
        listener = socket.socket(socket.AF_UNIX, kind)
        listener.bind(self.path(name))
        os.chmod(self.path(name), 0o777)
        listener.listen()
        self.addCleanup(listener.close)
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)

        def work():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    handle(client)

        threading.Thread(target=work, daemon=True).start()

    def answer(self, client):
        kind, length = struct.unpack(">BH", client.recv(3, socket.MSG_WAITALL))
        path = client.recv(length, socket.MSG_WAITALL).decode()
        token = os.urandom(8)
        self.tokens[token] = kind
        client.sendall(struct.pack(">H", errno.ECONNREFUSED if path == REFUSING else 0) + token)

    def join(self, client):
        self.assertIn(client.recv(8), self.tokens)
        client.sendall(client.recv(64).upper())

    def give_files(self, otherwise, *rules):
        if self.files:
            data = message(FILES, bytes([self.engine]) + policy(otherwise, *rules, *SYSTEM) + socket_rules("/run/db", REFUSING) + b"\0")
            root = os.open(self.target, os.O_PATH)
            self.sidecar.connection.sendall(data[:-1])
            socket.send_fds(self.sidecar.connection, [data[-1:]], [root])
            os.close(root)
        else:
            self.sidecar.send(message(FILES, bytes([self.engine]) + policy(LOCAL) + socket_rules("/run/db", REFUSING) + b"\0"))

    def client(self, *options):
        subprocess.run([*self.compiler, "-x", "c", "-w", "-o", self.path("client"), *options, "-"], input=CLIENT.encode(), check=True)
        return self.supervised(self.path("client"), self.path("own.sock"), rules=[rule(TREE, LOCAL, "/run")])[0]

    def test_a_client_is_connected_with_the_target(self):
        self.assertEqual(self.client(), SAID)


class MuslSocketsTest(SocketsTest):
    compiler = ["musl-gcc"]


class SupervisedSocketsTest(SocketsTest):
    engine = SUPERVISE

    def test_a_static_client_is_connected_with_the_target(self):
        self.assertEqual(self.client("-static"), SAID)


class BothSocketsTest(SupervisedSocketsTest):
    engine = AUTO


class SocketsAndFilesTest(BothSocketsTest):
    files = True

    def test_files_are_served_too(self):
        self.assertEqual(self.supervised("cat", "/srv/secret", otherwise=READ)[0], b"of the target\n")


class WithoutFilesTest(SocketsTest):
    engine = AUTO

    def test_files_are_the_images(self):
        self.supervised("cat", "/srv/secret", code=1)

    def test_without_the_sidecar_a_connection_is_refused(self):
        for name in ("ask", "streams", "packets"):
            os.unlink(self.path(name))
        out = self.client()
        self.assertIn(b"111 111\n", out)

    def test_when_the_sidecar_dies_while_it_is_asked_the_connection_is_reset(self):
        os.unlink(self.path("ask"))
        self.serve("ask", socket.SOCK_STREAM, lambda client: client.recv(1))
        self.assertIn(b"104 104\n", self.client())
