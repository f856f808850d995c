package dev.mirrord.linux.file;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Who a thread is for the file system (credentials(7), capabilities(7)).
 *
 * @param capabilities a bit for each that the thread may keep
 */
public record FileUser(int uid, int gid, List<Integer> groups, long capabilities) {
    private static final int CLONE_FS = 0x200;
    private static final int CAPABILITIES_VERSION = 0x20080522;
    private static final int MOST_GROUPS = 65536;

    public FileUser {
        groups = List.copyOf(groups);
    }

    /**
     * Makes the calling thread, which must not be used for anything else afterwards, this user:
     * file system uid and gid, groups, no capability but {@link #capabilities}, and a file mode
     * mask of 0 of its own.
     *
     * @throws ErrnoException EPERM without SETUID (another uid) or SETGID (another gid, groups)
     */
    public void assume() throws ErrnoException {
        takeGroupsAlone();
        SystemCall.SETFSGID.invoke(gid);
        // The result is what was before: the second call tells whether the first one worked.
        if ((int) SystemCall.SETFSGID.invoke(-1) != gid) {
            throw new ErrnoException("setfsgid", Errno.EPERM);
        }
        SystemCall.SETFSUID.invoke(uid);
        if ((int) SystemCall.SETFSUID.invoke(-1) != uid) {
            throw new ErrnoException("setfsuid", Errno.EPERM);
        }
        keepCapabilities();
    }

    /**
     * The same, and also for those who ask who a socket's peer is (SO_PEERCRED, unix(7)). Another
     * user than root keeps no capability.
     */
    public void assumeToConnect() throws ErrnoException {
        takeGroupsAlone();
        ErrnoException.check("setresgid", SystemCall.SETRESGID.invoke(gid, gid, gid));
        ErrnoException.check("setresuid", SystemCall.SETRESUID.invoke(uid, uid, uid));
        keepCapabilities();
    }

    private void takeGroupsAlone() throws ErrnoException {
        ErrnoException.check("unshare file system attributes", SystemCall.UNSHARE.invoke(CLONE_FS));
        SystemCall.UMASK.invoke(0);
        takeGroups();
    }

    private void takeGroups() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(4L * MOST_GROUPS, 4);
            int now = (int) SystemCall.GETGROUPS.invoke(MOST_GROUPS, list.address());
            boolean same = now == groups.size();
            for (int i = 0; same && i < now; i++) {
                same = groups.contains(list.getAtIndex(ValueLayout.JAVA_INT, i));
            }
            if (same) {
                return;
            }
            for (int i = 0; i < groups.size(); i++) {
                list.setAtIndex(ValueLayout.JAVA_INT, i, groups.get(i));
            }
            ErrnoException.check(
                    "setgroups", SystemCall.SETGROUPS.invoke(groups.size(), list.address()));
        }
    }

    private void keepCapabilities() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(8, 4);
            header.set(ValueLayout.JAVA_INT, 0, CAPABILITIES_VERSION);
            MemorySegment sets = arena.allocate(24, 4);
            ErrnoException.check(
                    "capget", SystemCall.CAPGET.invoke(header.address(), sets.address()));
            for (int half = 0; half < 2; half++) {
                int wanted = (int) (capabilities >> (32 * half));
                int permitted = sets.get(ValueLayout.JAVA_INT, 12L * half + 4) & wanted;
                sets.set(ValueLayout.JAVA_INT, 12L * half, permitted);
                sets.set(ValueLayout.JAVA_INT, 12L * half + 4, permitted);
                sets.set(ValueLayout.JAVA_INT, 12L * half + 8, 0);
            }
            ErrnoException.check(
                    "capset", SystemCall.CAPSET.invoke(header.address(), sets.address()));
        }
    }
}
