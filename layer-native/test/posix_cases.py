"""What POSIX and Linux say of files, as a table: each call in each situation, one line "category: case = outcome".

    posix_cases.py prepare DIRECTORY UID    as root: what the cases find there, of the user and of others
    posix_cases.py run DIRECTORY UID [OUT]  as that user: the table, without cases in whose names OUT is

Run in two places, the tables are to be equal line by line; what may differ is listed in docs/files.md with its reason. The categories
are those of pjdfstest; the code is not. Beside DIRECTORY there may be a file system mounted read-only (`readonly`, with `file`
and `dir`) and another one (`other`)."""

import ctypes
import errno
import fcntl
import mmap
import os
import shutil
import signal
import socket
import stat
import sys
import time

OTHER, OTHER_GROUP = 2000, 3000
LONG = "n" * 255
AT_FDCWD = -100
NOREPLACE, EXCHANGE, WHITEOUT = 1, 2, 4
KEEP_SIZE, PUNCH = 1, 2
SEEK_DATA, SEEK_HOLE = 3, 4
# ext4 and others keep times by the tick of a clock.
TICK = 0.012

libc = ctypes.CDLL(None, use_errno=True)
cases = []


def case(category, title):
    def add(function):
        cases.append((category, title, function))
        return function

    return add


def each(category, table):
    for title, function in table.items():
        cases.append((category, title, function))


def system(name, *arguments):
    """A function of the C library's with numbers, texts and pointers as they are given."""
    values = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = getattr(libc, name)(*values)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def opened(path, flags, mode=0o644):
    os.close(os.open(path, flags, mode))


def content(path):
    with open(path, "rb") as file:
        return file.read()


def kind(path):
    s = os.lstat(path)
    return f"{stat.filemode(s.st_mode)} {s.st_nlink} {s.st_uid}:{s.st_gid} {s.st_size}"


# --- What the cases find --------------------------------------------------------------------------------------------------


def write(path, data=b"0123456789", mode=0o644, owner=None):
    with open(path, "wb") as file:
        file.write(data)
    if owner is not None:
        os.chown(path, owner, owner)
    os.chmod(path, mode)


def directory(path, mode=0o755, owner=None, group=None):
    os.mkdir(path)
    if owner is not None:
        os.chown(path, owner, group if group is not None else owner)
    os.chmod(path, mode)


def prepare_case(d, uid):
    directory(d, 0o755, uid)
    for name in ("file", "second", "third"):
        write(f"{d}/{name}", owner=uid)
    write(f"{d}/program", b"#!/bin/sh\nexit 7\n", 0o755, uid)
    for name in ("dir", "empty", "full"):
        directory(f"{d}/{name}", 0o755, uid)
    write(f"{d}/full/inner", owner=uid)
    for name, text in (("link", "file"), ("dirlink", "dir"), ("dangling", "nowhere"), ("loop", "loop")):
        os.symlink(text, f"{d}/{name}")
        os.lchown(f"{d}/{name}", uid, uid)
    os.mkfifo(f"{d}/fifo")
    os.chown(f"{d}/fifo", uid, uid)
    write(f"{d}/theirs", mode=0o644, owner=OTHER)
    write(f"{d}/secret", mode=0o600, owner=OTHER)
    write(f"{d}/everybodys", mode=0o666, owner=OTHER)
    directory(f"{d}/closed", 0o700, OTHER)
    write(f"{d}/closed/inner", owner=OTHER)
    directory(f"{d}/unwritable", 0o755, OTHER)
    write(f"{d}/unwritable/inner", mode=0o666, owner=OTHER)
    directory(f"{d}/unwritable/dir", 0o777, OTHER)
    directory(f"{d}/sticky", 0o1777, OTHER)
    write(f"{d}/sticky/theirs", mode=0o666, owner=OTHER)
    write(f"{d}/sticky/mine", owner=uid)
    directory(f"{d}/sticky/dir", 0o777, OTHER)
    directory(f"{d}/group", 0o2777, OTHER, OTHER_GROUP)
    write(f"{d}/set", mode=0o4755, owner=uid)
    os.chmod(f"{d}/set", 0o6755)


# --- Every call with every kind of path that leads nowhere ------------------------------------------------------------------

CALLS = {
    "open": lambda p, d: opened(p, os.O_RDONLY),
    "open to create": lambda p, d: opened(p, os.O_CREAT | os.O_WRONLY),
    "mkdir": lambda p, d: os.mkdir(p),
    "rmdir": lambda p, d: os.rmdir(p),
    "mkfifo": lambda p, d: os.mkfifo(p),
    "mknod": lambda p, d: os.mknod(p, stat.S_IFREG | 0o644),
    "link to": lambda p, d: os.link(d + "/second", p),
    "link from": lambda p, d: os.link(p, d + "/new", follow_symlinks=False),
    "symlink": lambda p, d: os.symlink("text", p),
    "unlink": lambda p, d: os.unlink(p),
    "rename from": lambda p, d: os.rename(p, d + "/new"),
    "rename to": lambda p, d: os.rename(d + "/second", p),
    "chmod": lambda p, d: os.chmod(p, 0o600),
    "chown": lambda p, d: os.chown(p, -1, -1),
    "lchown": lambda p, d: os.lchown(p, -1, -1),
    "truncate": lambda p, d: os.truncate(p, 5),
    "utimensat": lambda p, d: os.utime(p, ns=(1, 2)),
    "stat": lambda p, d: os.stat(p) and None,
    "lstat": lambda p, d: os.lstat(p) and None,
    "readlink": lambda p, d: os.readlink(p),
    "access": lambda p, d: os.access(p, os.F_OK),
    "readdir": lambda p, d: sorted(os.listdir(p)),
    "statfs": lambda p, d: os.statvfs(p) and None,
    "getxattr": lambda p, d: os.getxattr(p, "user.none"),
}
PATHS = {
    "a name of 256 bytes": lambda d: d + "/" + "n" * 256,
    "a path of 4096 bytes": lambda d: d + "/x" * ((4096 - len(d)) // 2) + "y" * (len(d) % 2),
    "below a file": lambda d: d + "/file/x",
    "below what is missing": lambda d: d + "/missing/x",
    "missing": lambda d: d + "/missing",
    "below a loop of links": lambda d: d + "/loop/x",
    "a loop of links": lambda d: d + "/loop",
    "a link to nothing": lambda d: d + "/dangling",
    "below a closed directory": lambda d: d + "/closed/inner",
    "new below a closed directory": lambda d: d + "/closed/new",
    "new below one that may not be written": lambda d: d + "/unwritable/new",
    "below one that may not be written": lambda d: d + "/unwritable/inner",
    "a file with a slash behind": lambda d: d + "/second/",
    "a new name with a slash behind": lambda d: d + "/new/",
    "a link to a file with a slash behind": lambda d: d + "/link/",
    "a link to a directory with a slash behind": lambda d: d + "/dirlink/",
    "no name": lambda d: "",
    "a directory": lambda d: d + "/empty",
    "a directory that is not empty": lambda d: d + "/full",
    "a dot": lambda d: d + "/dir/.",
    "two dots": lambda d: d + "/dir/..",
    "a fifo": lambda d: d + "/fifo",
    "a link": lambda d: d + "/link",
    "somebody else's file": lambda d: d + "/theirs",
    "somebody else's secret": lambda d: d + "/secret",
    "somebody else's in a sticky directory": lambda d: d + "/sticky/theirs",
    "somebody else's directory in a sticky one": lambda d: d + "/sticky/dir",
    "one's own in a sticky directory": lambda d: d + "/sticky/mine",
    "a new name in a sticky directory": lambda d: d + "/sticky/new",
    "of a read-only file system": lambda d: os.path.dirname(d.rstrip("/")) + "/../readonly/file",
    "a directory of a read-only file system": lambda d: os.path.dirname(d.rstrip("/")) + "/../readonly/dir",
    "new on a read-only file system": lambda d: os.path.dirname(d.rstrip("/")) + "/../readonly/new",
    "new on another file system": lambda d: os.path.dirname(d.rstrip("/")) + f"/../other/{os.getpid()}-{os.path.basename(d)}",
}
# A FIFO without a writer would hold its reader.
NOT_TRIED = {("open", "a fifo"), ("open to create", "a fifo")}

for name, call in CALLS.items():
    for title, path in PATHS.items():
        if (name, title) not in NOT_TRIED:
            cases.append((name, title, lambda d, call=call, path=path: call(path(d), d)))

POINTERS = {
    "open": ("open", 0),
    "mkdir": ("mkdir", 0o755),
    "rmdir": ("rmdir",),
    "mkfifo": ("mkfifo", 0o644),
    "unlink": ("unlink",),
    "chmod": ("chmod", 0o644),
    "chown": ("chown", -1, -1),
    "truncate": ("truncate", 0),
    "access": ("access", 0),
    "chdir": ("chdir",),
}
for name, (function, *rest) in POINTERS.items():
    # Linux itself says EFAULT; with the library in the process a path is read there, as by many functions of the C library.
    cases.append((name, "a pointer to nowhere", lambda d, f=function, r=rest: system(f, ctypes.c_void_p(8), *r)))
cases.append(("rename from", "a pointer to nowhere", lambda d: system("rename", ctypes.c_void_p(8), (d + "/new").encode())))
cases.append(("rename to", "a pointer to nowhere", lambda d: system("rename", (d + "/file").encode(), ctypes.c_void_p(8))))
cases.append(("stat", "a result to nowhere", lambda d: system("syscall", 5, os.open(d + "/file", 0), 8)))
cases.append(("read", "to nowhere", lambda d: system("read", os.open(d + "/file", 0), ctypes.c_void_p(8), 5)))
cases.append(("write", "from nowhere", lambda d: system("write", os.open(d + "/file", os.O_WRONLY), ctypes.c_void_p(8), 5)))

# --- open -----------------------------------------------------------------------------------------------------------------------

each("open", {
    "O_CREAT | O_EXCL on what is there": lambda d: opened(d + "/file", os.O_CREAT | os.O_EXCL | os.O_WRONLY),
    "O_CREAT | O_EXCL on a link to nothing": lambda d: opened(d + "/dangling", os.O_CREAT | os.O_EXCL | os.O_WRONLY),
    "O_NOFOLLOW on a link": lambda d: opened(d + "/link", os.O_NOFOLLOW),
    "O_DIRECTORY on a file": lambda d: opened(d + "/file", os.O_DIRECTORY),
    "O_DIRECTORY | O_CREAT": lambda d: opened(d + "/new", os.O_DIRECTORY | os.O_CREAT),
    "O_CREAT on a directory": lambda d: opened(d + "/dir", os.O_CREAT),
    "O_WRONLY on a directory": lambda d: opened(d + "/dir", os.O_WRONLY),
    "O_RDWR on a directory": lambda d: opened(d + "/dir", os.O_RDWR),
    "O_TRUNC on a directory": lambda d: opened(d + "/dir", os.O_TRUNC),
    "O_WRONLY on somebody else's": lambda d: opened(d + "/theirs", os.O_WRONLY),
    "O_RDWR on somebody else's": lambda d: opened(d + "/theirs", os.O_RDWR),
    "O_TRUNC on somebody else's": lambda d: opened(d + "/theirs", os.O_RDONLY | os.O_TRUNC),
    "O_RDONLY on a secret": lambda d: opened(d + "/secret", os.O_RDONLY),
    "O_WRONLY on everybody's": lambda d: opened(d + "/everybodys", os.O_WRONLY),
    "O_CREAT on somebody else's in a sticky directory": lambda d: opened(d + "/sticky/theirs", os.O_CREAT | os.O_WRONLY),
    "O_NOATIME on somebody else's": lambda d: opened(d + "/theirs", os.O_NOATIME),
    "O_NOATIME on one's own": lambda d: opened(d + "/file", os.O_NOATIME),
    "O_PATH on a secret": lambda d: opened(d + "/secret", os.O_PATH),
    "O_TMPFILE": lambda d: opened(d + "/dir", os.O_TMPFILE | os.O_WRONLY),
    "O_DIRECT": lambda d: opened(d + "/file", os.O_DIRECT),
    "O_SYNC and a write": lambda d: os.write(os.open(d + "/file", os.O_SYNC | os.O_WRONLY), b"x"),
    "O_NONBLOCK | O_WRONLY on a fifo without a reader": lambda d: opened(d + "/fifo", os.O_NONBLOCK | os.O_WRONLY),
    "a socket": lambda d: in_directory(d, lambda: (socket.socket(socket.AF_UNIX).bind("s"), opened(d + "/s", os.O_RDONLY))),
    "the device null": lambda d: (os.mknod(d + "/null", stat.S_IFCHR | 0o666, os.makedev(1, 3)), opened(d + "/null", os.O_WRONLY)),
    "a program that runs, for writing": lambda d: running(d, lambda p: opened(p, os.O_WRONLY)),
    "a program that runs, truncated": lambda d: running(d, lambda p: os.truncate(p, 0)),
    "a program that runs, unlinked": lambda d: running(d, os.unlink),
    "a file that cannot be executed": lambda d: executed(d + "/file"),
    "a program that is open for writing": lambda d: (os.open(d + "/program", os.O_WRONLY), executed(d + "/program")),
    "a program": lambda d: executed(d + "/program"),
    "what is created has mode and owner": lambda d: (opened(d + "/new", os.O_CREAT | os.O_WRONLY, 0o6777), kind(d + "/new")),
    "what is created below a directory with its group": lambda d: (opened(d + "/group/new", os.O_CREAT | os.O_WRONLY, 0o644), kind(d + "/group/new")),
    "created without rights, and written": lambda d: os.write(os.open(d + "/new", os.O_CREAT | os.O_WRONLY, 0), b"x"),
    "created without rights, opened again": lambda d: (opened(d + "/new", os.O_CREAT | os.O_WRONLY, 0), opened(d + "/new", os.O_RDONLY)),
    "O_TRUNC empties": lambda d: (opened(d + "/file", os.O_WRONLY | os.O_TRUNC), kind(d + "/file")),
    "through a link to nothing with O_CREAT": lambda d: (opened(d + "/dangling", os.O_CREAT | os.O_WRONLY), kind(d + "/nowhere")),
})


def executed(path):
    child = os.posix_spawn(path, [path], os.environ)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def running(d, action):
    program = d + "/sleep"
    shutil.copy("/bin/sleep", program)
    os.chmod(program, 0o755)
    child = os.posix_spawn(program, ["sleep", "30"], {})
    try:
        return action(program)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


# --- read, write, truncate ------------------------------------------------------------------------------------------------------

@case("write", "to a descriptor for reading")
def _(d):
    return os.write(os.open(d + "/file", os.O_RDONLY), b"x")


@case("read", "of a descriptor for writing")
def _(d):
    return os.read(os.open(d + "/file", os.O_WRONLY), 1)


@case("read", "of a directory")
def _(d):
    return os.read(os.open(d + "/dir", os.O_RDONLY), 1)


@case("write", "behind the end leaves a hole")
def _(d):
    fd = os.open(d + "/file", os.O_RDWR)
    os.pwrite(fd, b"end", 1 << 20)
    return os.fstat(fd).st_size, os.pread(fd, 4, 8), os.lseek(fd, 0, SEEK_DATA), os.lseek(fd, 0, SEEK_HOLE) < 1 << 20


@case("lseek", "SEEK_DATA behind the end")
def _(d):
    return os.lseek(os.open(d + "/file", os.O_RDONLY), 100, SEEK_DATA)


@case("lseek", "SEEK_END, negative, unknown")
def _(d):
    fd = os.open(d + "/file", os.O_RDONLY)
    return os.lseek(fd, 0, os.SEEK_END), outcome(lambda: os.lseek(fd, -1, 0)), outcome(lambda: os.lseek(fd, 0, 77))


@case("write", "by two descriptors with O_APPEND")
def _(d):
    one, two = (os.open(d + "/file", os.O_WRONLY | os.O_APPEND) for _ in range(2))
    for i in range(5):
        os.write(one, b"1%d" % i)
        os.write(two, b"2%d" % i)
    return content(d + "/file")


@case("read", "of a file that grows")
def _(d):
    reader, writer = os.open(d + "/file", os.O_RDONLY), os.open(d + "/file", os.O_WRONLY | os.O_APPEND)
    read = [os.read(reader, 100)]
    for i in range(3):
        os.write(writer, b"more%d" % i)
        read.append(os.read(reader, 100))
    return read


@case("write", "to a file that has been removed")
def _(d):
    fd = os.open(d + "/file", os.O_RDWR)
    os.unlink(d + "/file")
    os.write(fd, b"still")
    os.fchmod(fd, 0o600)
    os.ftruncate(fd, 7)
    s = os.fstat(fd)
    return s.st_nlink, s.st_size, stat.filemode(s.st_mode), os.pread(fd, 10, 0)


@case("open", "a removed file through /proc/self/fd")
def _(d):
    fd = os.open(d + "/file", os.O_RDONLY)
    os.unlink(d + "/file")
    return os.read(os.open(f"/proc/self/fd/{fd}", os.O_RDONLY), 4)


@case("write", "to a set-user-ID file takes the bits away")
def _(d):
    os.write(os.open(d + "/set", os.O_WRONLY), b"x")
    return kind(d + "/set")


@case("write", "a shared mapping is the file")
def _(d):
    fd = os.open(d + "/file", os.O_RDWR)
    with mmap.mmap(fd, 10) as memory:
        memory[0:3] = b"map"
        memory.flush()
        os.pwrite(fd, b"put", 5)
        return memory[:], content(d + "/file")


@case("write", "O_DIRECT is seen by all")
def _(d):
    fd = os.open(d + "/new", os.O_CREAT | os.O_RDWR | os.O_DIRECT, 0o644)
    with mmap.mmap(-1, 8192) as memory:
        memory[:] = b"d" * 8192
        os.write(fd, memory)
    return len(content(d + "/new")), os.stat(d + "/new").st_size


each("truncate", {
    "to less": lambda d: (os.truncate(d + "/file", 3), content(d + "/file")),
    "to more": lambda d: (os.truncate(d + "/file", 14), content(d + "/file")),
    "through a link": lambda d: (os.truncate(d + "/link", 3), content(d + "/file")),
    "to less than nothing": lambda d: system("truncate", (d + "/file").encode(), -1),
    "to more than a file can have": lambda d: os.truncate(d + "/file", (1 << 63) - 1),
    "somebody else's": lambda d: os.truncate(d + "/theirs", 0),
    "takes set-user-ID away": lambda d: (os.truncate(d + "/set", 3), kind(d + "/set")),
})
each("ftruncate", {
    "a descriptor for reading": lambda d: os.ftruncate(os.open(d + "/file", os.O_RDONLY), 0),
    "to less than nothing": lambda d: os.ftruncate(os.open(d + "/file", os.O_WRONLY), -1),
    "a directory": lambda d: os.ftruncate(os.open(d + "/dir", os.O_RDONLY), 0),
    "what was created without rights": lambda d: os.ftruncate(os.open(d + "/new", os.O_CREAT | os.O_RDWR, 0), 77),
    "to more and to less": lambda d: grown(d + "/file"),
})
each("fallocate", {
    "more": lambda d: (os.posix_fallocate(os.open(d + "/file", os.O_WRONLY), 0, 8192), os.stat(d + "/file").st_size),
    "keeps the size": lambda d: (system("fallocate", os.open(d + "/file", os.O_WRONLY), KEEP_SIZE, 0, 8192), os.stat(d + "/file").st_size),
    "a hole": lambda d: (system("fallocate", os.open(d + "/file", os.O_WRONLY), PUNCH | KEEP_SIZE, 2, 3), content(d + "/file")),
    "a hole that changes the size": lambda d: system("fallocate", os.open(d + "/file", os.O_WRONLY), PUNCH, 0, 5),
    "nothing": lambda d: os.posix_fallocate(os.open(d + "/file", os.O_WRONLY), 0, 0),
    "a descriptor for reading": lambda d: system("fallocate", os.open(d + "/file", os.O_RDONLY), 0, 0, 100),
})


def grown(path):
    fd = os.open(path, os.O_RDWR)
    os.ftruncate(fd, 100000)
    os.pwrite(fd, b"x", 99999)
    os.ftruncate(fd, 5)
    os.ftruncate(fd, 100000)
    return os.pread(fd, 1, 99999), os.pread(fd, 8, 0), os.fstat(fd).st_size


# --- Names: mkdir, rmdir, link, symlink, unlink, rename -------------------------------------------------------------------------------

each("mkdir", {
    "what is there": lambda d: os.mkdir(d + "/dir"),
    "a link to nothing is there": lambda d: os.mkdir(d + "/dangling"),
    "has mode and owner": lambda d: (os.mkdir(d + "/new", 0o7777), kind_of_directory(d + "/new")),
    "below a directory with its group": lambda d: (os.mkdir(d + "/group/new"), kind_of_directory(d + "/group/new")),
    "counts in its parent's links": lambda d: (os.mkdir(d + "/empty/x"), os.stat(d + "/empty").st_nlink),
})
each("rmdir", {
    "the working directory": lambda d: in_directory(d + "/empty", lambda: (os.rmdir(d + "/empty"), outcome(lambda: os.listdir(".")), outcome(lambda: opened("x", os.O_CREAT)))),
    "one that is open": lambda d: still_open(d + "/empty"),
    "of another file system's mount point": lambda d: os.rmdir(os.path.dirname(d) + "/../other"),
    "counts in its parent's links": lambda d: (os.mkdir(d + "/empty/x"), os.rmdir(d + "/empty/x"), os.stat(d + "/empty").st_nlink)[2],
})
each("mknod", {
    "what is there": lambda d: os.mknod(d + "/file", stat.S_IFREG),
    "a fifo": lambda d: (os.mknod(d + "/new", stat.S_IFIFO | 0o640), kind(d + "/new")),
    "a socket": lambda d: (os.mknod(d + "/new", stat.S_IFSOCK | 0o640), kind(d + "/new")),
    "a character device": lambda d: os.mknod(d + "/new", stat.S_IFCHR | 0o600, os.makedev(1, 3)),
    "a block device": lambda d: os.mknod(d + "/new", stat.S_IFBLK | 0o600, os.makedev(7, 0)),
    "a directory": lambda d: os.mknod(d + "/new", stat.S_IFDIR | 0o700),
})
each("mkfifo", {
    "what is there": lambda d: os.mkfifo(d + "/fifo"),
    "a link to nothing is there": lambda d: os.mkfifo(d + "/dangling"),
    "carries between two that open it": lambda d: carried(d + "/fifo"),
    "has mode and owner": lambda d: (os.mkfifo(d + "/new", 0o606), kind(d + "/new")),
})
each("link", {
    "what is there": lambda d: os.link(d + "/file", d + "/second"),
    "a directory": lambda d: os.link(d + "/dir", d + "/new"),
    "counts": lambda d: (os.link(d + "/file", d + "/new"), kind(d + "/file"), os.path.samefile(d + "/file", d + "/new")),
    "one content by two names": lambda d: (os.link(d + "/file", d + "/new"), write_in(d + "/new", b"through"), content(d + "/file")),
    "a link itself": lambda d: (os.link(d + "/link", d + "/new", follow_symlinks=False), os.readlink(d + "/new")),
    "what a link leads to": lambda d: (system("linkat", AT_FDCWD, (d + "/link").encode(), AT_FDCWD, (d + "/new").encode(), 0x400), kind(d + "/new")),
    "a fifo": lambda d: (os.link(d + "/fifo", d + "/new"), kind(d + "/new")),
    "a file that has been removed": lambda d: linked_after_removal(d),
    "to another file system": lambda d: os.link(d + "/file", os.path.dirname(d) + "/../other/new"),
    "somebody else's": lambda d: os.link(d + "/theirs", d + "/new"),
    "everybody's": lambda d: os.link(d + "/everybodys", d + "/new"),
})
each("symlink", {
    "what is there": lambda d: os.symlink("x", d + "/file"),
    "a text of 4095 bytes": lambda d: (os.symlink("x" * 4095, d + "/new"), len(os.readlink(d + "/new"))),
    "a text of 4096 bytes": lambda d: os.symlink("x" * 4096, d + "/new"),
    "no text": lambda d: os.symlink("", d + "/new"),
    "text of any bytes": lambda d: (os.symlink(b"\xff\n\x01", (d + "/new").encode()), os.readlink((d + "/new").encode())),
    "its mode and size": lambda d: (os.symlink("abc", d + "/new"), kind(d + "/new")),
    "40 one after another": lambda d: chain(d, 40),
    "41 one after another": lambda d: chain(d, 41),
    "of somebody else's in a sticky directory is followed": lambda d: content(d + "/sticky/../link"),
})
each("readlink", {
    "a file": lambda d: os.readlink(d + "/file"),
    "into less room": lambda d: read_into(d + "/link", 2),
    "into no room": lambda d: read_into(d + "/link", 0),
})
each("unlink", {
    "a file": lambda d: (os.unlink(d + "/file"), outcome(lambda: os.lstat(d + "/file"))),
    "a link": lambda d: (os.unlink(d + "/link"), kind(d + "/file")),
    "one of two names": lambda d: (os.link(d + "/file", d + "/new"), os.unlink(d + "/file"), kind(d + "/new")),
    "a fifo": lambda d: os.unlink(d + "/fifo"),
    "one that is mapped": lambda d: mapped_and_removed(d + "/file"),
})
each("rename", {
    "a file": lambda d: (os.rename(d + "/file", d + "/new"), content(d + "/new"), outcome(lambda: os.stat(d + "/file"))),
    "onto a file": lambda d: (write_in(d + "/second", b"other"), os.rename(d + "/file", d + "/second"), content(d + "/second")),
    "onto itself": lambda d: os.rename(d + "/file", d + "/file"),
    "onto another name of itself": lambda d: (os.link(d + "/file", d + "/new"), os.rename(d + "/file", d + "/new"), kind(d + "/file")),
    "a file onto a directory": lambda d: os.rename(d + "/file", d + "/empty"),
    "a directory onto a file": lambda d: os.rename(d + "/empty", d + "/file"),
    "a directory onto an empty one": lambda d: (os.rename(d + "/full", d + "/empty"), os.listdir(d + "/empty")),
    "a directory onto one that is not empty": lambda d: os.rename(d + "/dir", d + "/full"),
    "a directory into itself": lambda d: os.rename(d + "/dir", d + "/dir/new"),
    "a directory onto its parent": lambda d: os.rename(d + "/full/inner", d + "/full"),
    "a dot": lambda d: os.rename(d + "/dir/.", d + "/new"),
    "onto a dot": lambda d: os.rename(d + "/empty", d + "/dir/."),
    "two dots": lambda d: os.rename(d + "/dir/..", d + "/new"),
    "to another file system": lambda d: os.rename(d + "/file", os.path.dirname(d) + "/../other/new"),
    "out of one that may not be written": lambda d: os.rename(d + "/unwritable/inner", d + "/new"),
    "into one that may not be written": lambda d: os.rename(d + "/file", d + "/unwritable/new"),
    "somebody else's directory": lambda d: os.rename(d + "/unwritable", d + "/dir/new"),
    "onto somebody else's in a sticky directory": lambda d: os.rename(d + "/file", d + "/sticky/theirs"),
    "in a sticky directory": lambda d: os.rename(d + "/sticky/mine", d + "/sticky/new"),
    "what is open": lambda d: renamed_while_open(d),
    "counts in the parents' links": lambda d: (os.rename(d + "/dir", d + "/empty/dir"), os.stat(d + "/empty").st_nlink, os.stat(d).st_nlink),
    "with NOREPLACE onto a file": lambda d: rename2(d, "file", "second", NOREPLACE),
    "with NOREPLACE to a new name": lambda d: rename2(d, "file", "new", NOREPLACE),
    "with EXCHANGE": lambda d: (rename2(d, "file", "full", EXCHANGE), kind(d + "/full"), os.listdir(d + "/file")),
    "with EXCHANGE to a new name": lambda d: rename2(d, "file", "new", EXCHANGE),
    "with both": lambda d: rename2(d, "file", "second", NOREPLACE | EXCHANGE),
    "with WHITEOUT": lambda d: rename2(d, "file", "new", WHITEOUT),
    "with a flag that nobody knows": lambda d: rename2(d, "file", "new", 64),
})


def rename2(d, old, new, flags):
    return system("renameat2", AT_FDCWD, f"{d}/{old}".encode(), AT_FDCWD, f"{d}/{new}".encode(), flags)


def kind_of_directory(path):
    s = os.lstat(path)
    return f"{stat.filemode(s.st_mode)} {s.st_nlink} {s.st_uid}:{s.st_gid}"


def write_in(path, data):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, data)
    os.close(fd)


def in_directory(path, action):
    os.chdir(path)
    try:
        return action()
    finally:
        os.chdir("/")


def still_open(path):
    fd = os.open(path, os.O_RDONLY)
    os.rmdir(path)
    return os.fstat(fd).st_nlink, outcome(lambda: os.listdir(fd)), outcome(lambda: os.open("x", os.O_CREAT, dir_fd=fd))


def carried(path):
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    os.write(os.open(path, os.O_WRONLY), b"carried")
    return os.read(reader, 10)


def linked_after_removal(d):
    fd = os.open(d + "/file", os.O_RDWR)
    os.unlink(d + "/file")
    return system("linkat", AT_FDCWD, f"/proc/self/fd/{fd}".encode(), AT_FDCWD, (d + "/new").encode(), 0x400)


def chain(d, count):
    os.symlink(d + "/file", d + "/chain0")
    for i in range(1, count):
        os.symlink(f"{d}/chain{i - 1}", f"{d}/chain{i}")
    return content(f"{d}/chain{count - 1}")


def read_into(path, room):
    buffer = ctypes.create_string_buffer(16)
    return system("readlink", path.encode(), buffer, room), buffer.value


def mapped_and_removed(path):
    with open(path, "rb") as file:
        with mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as memory:
            os.unlink(path)
            return memory[:]


def renamed_while_open(d):
    fd = os.open(d + "/file", os.O_RDWR)
    os.rename(d + "/file", d + "/dir/new")
    os.write(fd, b"moved")
    return content(d + "/dir/new"), os.fstat(fd).st_nlink


# --- Attributes: chmod, chown, utimensat, xattr, access ------------------------------------------------------------------------------

each("chmod", {
    "all bits": lambda d: (os.chmod(d + "/file", 0o7777), kind(d + "/file")),
    "a directory": lambda d: (os.chmod(d + "/dir", 0o1700), kind_of_directory(d + "/dir")),
    "through a link": lambda d: (os.chmod(d + "/link", 0o611), kind(d + "/file")),
    "a fifo": lambda d: (os.chmod(d + "/fifo", 0o611), kind(d + "/fifo")),
    "somebody else's": lambda d: os.chmod(d + "/theirs", 0o777),
    "set-group-ID in a foreign group": lambda d: (os.mkdir(d + "/group/new"), opened(d + "/group/new/f", os.O_CREAT), os.chmod(d + "/group/new/f", 0o2755), kind(d + "/group/new/f")),
    "a descriptor for reading": lambda d: (os.fchmod(os.open(d + "/file", os.O_RDONLY), 0o604), kind(d + "/file")),
    "a descriptor as of O_PATH": lambda d: os.fchmod(os.open(d + "/file", os.O_PATH), 0o604),
    "rights that an open file keeps": lambda d: keeps_rights(d + "/file"),
})
each("chown", {
    "to oneself": lambda d: (os.chown(d + "/file", os.getuid(), os.getgid()), kind(d + "/file")),
    "to another": lambda d: (os.chown(d + "/file", OTHER, -1), kind(d + "/file")),
    "to another group": lambda d: (os.chown(d + "/file", -1, OTHER_GROUP), kind(d + "/file")),
    "somebody else's": lambda d: os.chown(d + "/theirs", os.getuid(), -1),
    "somebody else's, nothing": lambda d: os.chown(d + "/theirs", -1, -1),
    "takes set-user-ID away": lambda d: (os.chown(d + "/set", os.getuid(), os.getgid()), kind(d + "/set")),
    "nothing takes set-user-ID away": lambda d: (os.chown(d + "/set", -1, -1), kind(d + "/set")),
    "through a link": lambda d: (os.chown(d + "/link", os.getuid(), os.getgid()), kind(d + "/link")),
    "a link itself": lambda d: (os.lchown(d + "/link", os.getuid(), os.getgid()), kind(d + "/link")),
})
each("utimensat", {
    "times": lambda d: timed(d + "/file", (1_000_000_001, 2_000_000_002)),
    "before 1970": lambda d: timed(d + "/file", (-1_500_000_000, -2_500_000_001)),
    "after 2106": lambda d: timed(d + "/file", (5_000_000_000_000_000_001, 5_000_000_000_000_000_002)),
    "of a link": lambda d: (os.utime(d + "/link", ns=(3, 4), follow_symlinks=False), os.lstat(d + "/link").st_mtime_ns, os.stat(d + "/file").st_mtime_ns != 4),
    "of a directory": lambda d: timed(d + "/dir", (5, 6)),
    "now": lambda d: (os.utime(d + "/file"), abs(os.stat(d + "/file").st_mtime - time.time()) < 5),
    "one of them": lambda d: omitted(d + "/file", 7, (1 << 30) - 2),
    "none of them": lambda d: omitted(d + "/theirs", (1 << 30) - 2, (1 << 30) - 2),
    "a time that is none": lambda d: omitted(d + "/file", 1_000_000_000, 0),
    "somebody else's, now": lambda d: os.utime(d + "/theirs"),
    "somebody else's": lambda d: os.utime(d + "/theirs", ns=(1, 2)),
    "everybody's, now": lambda d: os.utime(d + "/everybodys"),
    "everybody's": lambda d: os.utime(d + "/everybodys", ns=(1, 2)),
    "an open file": lambda d: (os.utime(os.open(d + "/file", os.O_RDONLY), ns=(8, 9)), os.stat(d + "/file").st_mtime_ns),
})
each("access", {
    "of one's own": lambda d: [os.access(d + "/file", mode) for mode in (4, 2, 1)],
    "of somebody else's": lambda d: [os.access(d + "/theirs", mode) for mode in (4, 2, 1)],
    "of a secret": lambda d: [os.access(d + "/secret", mode) for mode in (4, 2, 1)],
    "of a closed directory": lambda d: [os.access(d + "/closed", mode) for mode in (4, 2, 1)],
    "of a program": lambda d: [os.access(d + "/program", mode) for mode in (4, 2, 1)],
    "a mode that is none": lambda d: system("access", (d + "/file").encode(), 8),
    "of a read-only file system": lambda d: outcome(lambda: system("access", (os.path.dirname(d) + "/../readonly/file").encode(), 2)),
})
each("readdir", {
    "of a secret": lambda d: os.listdir(d + "/closed"),
    "names, with the dots' absence": lambda d: sorted(os.listdir(d)),
    "kinds": lambda d: sorted((e.name, e.is_dir(follow_symlinks=False), e.is_symlink(), e.is_file(follow_symlinks=False)) for e in os.scandir(d)),
    "while names come and go": lambda d: listed_while_changing(d + "/empty"),
})
each("xattr", {
    "set, get, list, remove": lambda d: attributes(d + "/file"),
    "one that is not there": lambda d: os.getxattr(d + "/file", "user.none"),
    "one that is not there, removed": lambda d: os.removexattr(d + "/file", "user.none"),
    "one that is there, created": lambda d: (os.setxattr(d + "/file", "user.a", b"1"), os.setxattr(d + "/file", "user.a", b"2", os.XATTR_CREATE)),
    "one that is not there, replaced": lambda d: os.setxattr(d + "/file", "user.a", b"2", os.XATTR_REPLACE),
    "into too little room": lambda d: (os.setxattr(d + "/file", "user.a", b"12345"), system("getxattr", (d + "/file").encode(), b"user.a", ctypes.create_string_buffer(2), 2)),
    "a value of 65537 bytes": lambda d: os.setxattr(d + "/file", "user.a", b"x" * 65537),
    "a name of 256 bytes": lambda d: os.setxattr(d + "/file", "user." + "n" * 251, b"x"),
    "a name of no kind": lambda d: os.setxattr(d + "/file", "nokind", b"x"),
    "an empty name": lambda d: os.setxattr(d + "/file", "user.", b"x"),
    "of a link": lambda d: os.setxattr(d + "/link", "user.a", b"x", follow_symlinks=False),
    "of a fifo": lambda d: os.setxattr(d + "/fifo", "user.a", b"x"),
    "of somebody else's": lambda d: os.setxattr(d + "/theirs", "user.a", b"x"),
    "of the kind trusted": lambda d: os.setxattr(d + "/file", "trusted.a", b"x"),
    "of the kind security": lambda d: os.setxattr(d + "/file", "security.mine", b"x"),
    "an access list": lambda d: os.getxattr(d + "/file", "system.posix_acl_access"),
})


def keeps_rights(path):
    fd = os.open(path, os.O_RDWR)
    os.chmod(path, 0)
    return os.pread(fd, 3, 0), os.write(fd, b"x")


def timed(path, ns):
    os.utime(path, ns=ns)
    s = os.stat(path)
    return s.st_atime_ns, s.st_mtime_ns


def omitted(path, accessed, modified):
    times = (ctypes.c_long * 4)(0, accessed, 0, modified)
    before = os.stat(path)
    system("utimensat", AT_FDCWD, path.encode(), times, 0)
    after = os.stat(path)
    return after.st_atime_ns == before.st_atime_ns, after.st_mtime_ns == before.st_mtime_ns


def listed_while_changing(path):
    for i in range(300):
        opened(f"{path}/{i}", os.O_CREAT)
    seen = []
    with os.scandir(path) as entries:
        for entry in entries:
            seen.append(entry.name)
            if len(seen) == 10:
                opened(path + "/more", os.O_CREAT)
            os.unlink(entry.path)
    seen = [name for name in seen if name != "more"]
    return len(seen), len(set(seen)), [name for name in os.listdir(path) if name != "more"]


def attributes(path):
    os.setxattr(path, "user.a", b"one\0two")
    os.setxattr(path, "user.b", b"")
    listed = sorted(name for name in os.listxattr(path) if name.startswith("user."))
    value = os.getxattr(path, "user.a")
    os.removexattr(path, "user.a")
    return value, listed, [name for name in os.listxattr(path) if name.startswith("user.")]


# --- Names ------------------------------------------------------------------------------------------------------------------------------

ODD = [b"new\nline", b"\xff\xfe", LONG.encode(), b" ", b"-rf", b"*", b"tab\t", b"\x01\x7f", "ä漢😀".encode(), b"...", b"a" * 254 + b"\xff"]


@case("names", "of any bytes")
def _(d):
    found = []
    for name in ODD:
        path = d.encode() + b"/dir/" + name
        write(path, name)
        os.rename(path, path[:-1] + b"~" if len(path) < 4000 else path)
        found.append(content(path[:-1] + b"~") == name)
    return found, sorted(os.listdir(d.encode() + b"/dir"))


@case("names", "a path of 4095 bytes")
def _(d):
    path = deep(d + "/dir", 4095)
    opened(path, os.O_CREAT | os.O_WRONLY)
    return len(path) - len(d) > 3000, os.stat(path).st_size


def deep(start, length):
    """A path of so many bytes, whose directories are made."""
    path = start
    while length - len(path) > 201:
        path += "/" + "d" * 199
        os.mkdir(path)
    return path + "/" + "f" * (length - len(path) - 1)


@case("names", "a tree deeper than any path")
def _(d):
    os.chdir(d + "/dir")
    try:
        for _ in range(25):
            os.mkdir("e" * 200)
            os.chdir("e" * 200)
        write("bottom", b"bottom")
        found = content("bottom")
        os.unlink("bottom")
        for _ in range(25):
            os.chdir("..")
            os.rmdir("e" * 200)
        return found, os.listdir(".")
    finally:
        os.chdir("/")


@case("names", "below a directory descriptor")
def _(d):
    fd = os.open(d, os.O_RDONLY)
    os.mkdir("made", dir_fd=fd)
    os.rename("file", "made/file", src_dir_fd=fd, dst_dir_fd=fd)
    os.symlink("made", "madelink", dir_fd=fd)
    os.unlink("madelink/file", dir_fd=fd)
    os.rmdir("made", dir_fd=fd)
    return os.readlink("madelink", dir_fd=fd), outcome(lambda: os.stat("madelink", dir_fd=fd)), os.stat("../" + os.path.basename(d), dir_fd=fd).st_nlink


# --- Times that an operation leaves behind ------------------------------------------------------------------------------------------------


def marked(action, *paths):
    """Which times of these moved: of access, modification, change."""

    def run(d):
        places = [d + "/" + path for path in paths]
        before = [os.lstat(place) for place in places]
        time.sleep(TICK)
        action(d)
        after = [os.lstat(place) for place in places]
        return ["".join(
            letter
            for letter, old, new in (
                ("m", b.st_mtime_ns, a.st_mtime_ns),
                ("c", b.st_ctime_ns, a.st_ctime_ns),
            )
            if old != new
        ) for b, a in zip(before, after)]

    return run


def refused(action):
    def run(d):
        try:
            action(d)
        except OSError:
            return

    return run


each("times", {
    "open to create": marked(lambda d: opened(d + "/dir/new", os.O_CREAT), "dir"),
    "open with O_TRUNC": marked(lambda d: opened(d + "/file", os.O_WRONLY | os.O_TRUNC), "file", "."),
    "open with O_CREAT of what is there": marked(lambda d: opened(d + "/full/inner", os.O_CREAT), "full", "full/inner"),
    "open refused": marked(refused(lambda d: opened(d + "/full/inner", os.O_CREAT | os.O_EXCL)), "full", "full/inner"),
    "write": marked(lambda d: write_in(d + "/file", b"x"), "file", "."),
    "write of nothing": marked(lambda d: write_in(d + "/file", b""), "file"),
    "truncate": marked(lambda d: os.truncate(d + "/file", 2), "file"),
    "truncate to its size": marked(lambda d: os.truncate(d + "/file", 10), "file"),
    "truncate refused": marked(refused(lambda d: os.truncate(d + "/theirs", -1)), "theirs"),
    "ftruncate to its size": marked(lambda d: os.ftruncate(os.open(d + "/file", os.O_WRONLY), 10), "file"),
    "mkdir": marked(lambda d: os.mkdir(d + "/empty/x"), "empty"),
    "mkdir refused": marked(refused(lambda d: os.mkdir(d + "/full/inner")), "full"),
    "rmdir": marked(lambda d: os.rmdir(d + "/empty"), "."),
    "rmdir refused": marked(refused(lambda d: os.rmdir(d + "/full")), "full", "."),
    "mkfifo": marked(lambda d: os.mkfifo(d + "/dir/x"), "dir"),
    "mknod": marked(lambda d: os.mknod(d + "/dir/x", stat.S_IFREG), "dir"),
    "link": marked(lambda d: os.link(d + "/file", d + "/dir/x"), "file", "dir", "."),
    "link refused": marked(refused(lambda d: os.link(d + "/file", d + "/full/inner")), "file", "full"),
    "symlink": marked(lambda d: os.symlink("x", d + "/dir/x"), "dir"),
    "unlink": marked(lambda d: os.unlink(d + "/full/inner"), "full"),
    "unlink of one of two names": marked(lambda d: (os.link(d + "/file", d + "/new"), time.sleep(TICK), os.unlink(d + "/new")), "file"),
    "rename": marked(lambda d: os.rename(d + "/full/inner", d + "/dir/x"), "full", "dir", "."),
    "rename of a directory": marked(lambda d: os.rename(d + "/full", d + "/dir/x"), "dir", "."),
    "rename refused": marked(refused(lambda d: os.rename(d + "/dir", d + "/full")), "full", "dir", "."),
    "chmod": marked(lambda d: os.chmod(d + "/file", 0o600), "file", "."),
    "chmod to what it was": marked(lambda d: os.chmod(d + "/file", 0o644), "file"),
    "chown of nothing": marked(lambda d: os.chown(d + "/file", -1, -1), "file"),
    "chown": marked(lambda d: os.chown(d + "/file", os.getuid(), os.getgid()), "file"),
    "utimensat": marked(lambda d: os.utime(d + "/file", ns=(1, 2)), "file"),
    "setxattr": marked(lambda d: os.setxattr(d + "/file", "user.a", b"x"), "file"),
    "fallocate": marked(lambda d: os.posix_fallocate(os.open(d + "/file", os.O_WRONLY), 0, 100), "file"),
    "read": marked(lambda d: content(d + "/file"), "file"),
})

# --- Locks and the rest -----------------------------------------------------------------------------------------------------------------


@case("locks", "flock excludes another descriptor")
def _(d):
    one, two = (os.open(d + "/file", os.O_RDWR) for _ in range(2))
    fcntl.flock(one, fcntl.LOCK_EX)
    refusal = outcome(lambda: fcntl.flock(two, fcntl.LOCK_SH | fcntl.LOCK_NB))
    fcntl.flock(one, fcntl.LOCK_UN)
    return refusal, outcome(lambda: fcntl.flock(two, fcntl.LOCK_EX | fcntl.LOCK_NB))


@case("locks", "fcntl excludes another process")
def _(d):
    fd = os.open(d + "/file", os.O_RDWR)
    fcntl.lockf(fd, fcntl.LOCK_EX, 5)
    child = os.fork()
    if child == 0:
        first = outcome(lambda: fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 5))
        behind = outcome(lambda: fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 5))
        os._exit(10 * (first != "ok") + (behind != "ok"))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


each("rest", {
    "fsync and fdatasync": lambda d: (os.fsync(os.open(d + "/file", os.O_RDONLY)), os.fdatasync(os.open(d + "/file", os.O_WRONLY))),
    "fsync of a directory": lambda d: os.fsync(os.open(d + "/dir", os.O_RDONLY)),
    "copy_file_range": lambda d: (os.copy_file_range(os.open(d + "/file", os.O_RDONLY), os.open(d + "/second", os.O_WRONLY | os.O_TRUNC), 5), content(d + "/second")),
    "sendfile": lambda d: (os.sendfile(os.open(d + "/second", os.O_WRONLY | os.O_TRUNC), os.open(d + "/file", os.O_RDONLY), 0, 6), content(d + "/second")),
    "a lease": lambda d: fcntl.fcntl(os.open(d + "/file", os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK),
    "flags of ext4 (FS_IOC_GETFLAGS)": lambda d: fcntl.ioctl(os.open(d + "/file", os.O_RDONLY), 0x80086601, b"\0" * 8) and None,
    "an ioctl that nobody knows": lambda d: fcntl.ioctl(os.open(d + "/file", os.O_RDONLY), 0x1234, 0),
    "bytes that can be read (FIONREAD)": lambda d: fcntl.ioctl(os.open(d + "/file", os.O_RDONLY), 0x541B, b"\0" * 4),
    "readahead and fadvise": lambda d: os.posix_fadvise(os.open(d + "/file", os.O_RDONLY), 0, 0, 3),
    "chdir to a file": lambda d: os.chdir(d + "/file"),
    "chdir to a closed directory": lambda d: os.chdir(d + "/closed"),
    "longest name and path": lambda d: (os.pathconf(d, "PC_NAME_MAX"), os.pathconf(d, "PC_PATH_MAX")),
    "most links": lambda d: os.pathconf(d, "PC_LINK_MAX") > 0,
})


# --- Running it -------------------------------------------------------------------------------------------------------------------------


def outcome(action):
    try:
        result = action()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))
    except NotImplementedError:
        return "not implemented"
    return "ok" if result is None else result


def text(d, value):
    return repr(value).replace(d, "D").replace("\n", " ") if not isinstance(value, str) else value


def place(base, number):
    return f"{base}/{number:03}"


def prepare(base, uid):
    os.umask(0)
    directory(base, 0o755, uid)
    for number in range(len(cases)):
        prepare_case(place(base, number), uid)


def run(base, uid, left_out=None):
    if uid != 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    os.umask(0o022)
    signal.signal(signal.SIGBUS, signal.SIG_DFL)
    for number, (category, title, function) in enumerate(cases):
        d = place(base, number)
        if left_out and left_out in title:
            continue
        descriptors = set(os.listdir("/proc/self/fd"))
        result = outcome(lambda: function(d))
        for fd in set(os.listdir("/proc/self/fd")) - descriptors:
            try:
                os.close(int(fd))
            except OSError:
                pass
        os.chdir("/")
        print(f"{category}: {title} = {text(d, result)}", flush=True)


if __name__ == "__main__":
    {"prepare": prepare, "run": run}[sys.argv[1]](sys.argv[2].rstrip("/"), int(sys.argv[3]), *sys.argv[4:])
