package dev.mirrord.linux;

/**
 * System calls by number, syscall(2). All arguments are 64 bits wide; pointers are addresses, whose
 * memory the caller keeps alive.
 */
public enum SystemCall {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    LSEEK(8, 62),
    PREAD(17, 67),
    PWRITE(18, 68),
    SOCKET(41, 198),
    CONNECT(42, 203),
    SENDTO(44, 206),
    RECVFROM(45, 207),
    RECVMSG(47, 212),
    SHUTDOWN(48, 210),
    BIND(49, 200),
    LISTEN(50, 201),
    SETSOCKOPT(54, 208),
    FCNTL(72, 25),
    FSYNC(74, 82),
    FDATASYNC(75, 83),
    FTRUNCATE(77, 46),
    UMASK(95, 166),
    GETGROUPS(115, 158),
    SETGROUPS(116, 159),
    SETRESUID(117, 147),
    SETRESGID(119, 149),
    SETFSUID(122, 151),
    SETFSGID(123, 152),
    CAPGET(125, 90),
    CAPSET(126, 91),
    FSTATFS(138, 44),
    MOUNT(165, 40),
    UMOUNT(166, 39),
    SETXATTR(188, 5),
    GETXATTR(191, 8),
    LISTXATTR(194, 11),
    REMOVEXATTR(197, 14),
    GETDENTS(217, 61),
    EPOLL_CTL(233, 21),
    INOTIFY_ADD_WATCH(254, 27),
    INOTIFY_RM_WATCH(255, 28),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    FCHOWNAT(260, 54),
    UNLINKAT(263, 35),
    LINKAT(265, 37),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    FCHMODAT(268, 53),
    PPOLL(271, 73),
    UNSHARE(272, 97),
    UTIMENSAT(280, 88),
    FALLOCATE(285, 47),
    ACCEPT(288, 242),
    EPOLL_CREATE(291, 20),
    DUP(292, 24),
    INOTIFY_INIT(294, 26),
    SETNS(308, 268),
    RENAMEAT(316, 276),
    STATX(332, 291),
    OPEN_TREE(428, 428),
    PIDFD_OPEN(434, 434),
    OPENAT2(437, 437),
    FACCESSAT(439, 439),
    MOUNT_SETATTR(442, 442);

    private final long number;

    SystemCall(int amd64, int arm64) {
        number = Machine.ARM ? arm64 : amd64;
    }

    /** The result, or {@code -errno}. */
    public long invoke(long a, long b, long c, long d, long e, long f) {
        return Kernel.call(number, a, b, c, d, e, f);
    }

    public long invoke(long a) {
        return invoke(a, 0, 0, 0, 0, 0);
    }

    public long invoke(long a, long b) {
        return invoke(a, b, 0, 0, 0, 0);
    }

    public long invoke(long a, long b, long c) {
        return invoke(a, b, c, 0, 0, 0);
    }

    public long invoke(long a, long b, long c, long d) {
        return invoke(a, b, c, d, 0, 0);
    }

    public long invoke(long a, long b, long c, long d, long e) {
        return invoke(a, b, c, d, e, 0);
    }

    /** System calls of arm64 are numbered otherwise. Initialised before the enum's constants. */
    private static final class Machine {
        static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
    }
}
