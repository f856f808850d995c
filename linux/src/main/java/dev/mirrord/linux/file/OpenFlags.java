package dev.mirrord.linux.file;

/** Flags of open(2) that are used here; some differ between machines. */
public final class OpenFlags {
    public static final int READ_ONLY = 0;
    public static final int WRITE_ONLY = 1;
    public static final int READ_WRITE = 2;
    public static final int ACCESS_MODE = 3;
    public static final int CREATE = 0x40;
    public static final int EXCLUSIVE = 0x80;
    public static final int TRUNCATE = 0x200;
    public static final int APPEND = 0x400;
    public static final int NONBLOCK = 0x800;
    public static final int DATA_SYNC = 0x1000;
    public static final int SYNC = 0x101000;
    public static final int PATH = 0x200000;
    public static final int CLOSE_ON_EXEC = 0x80000;
    public static final int DIRECTORY;
    public static final int NO_FOLLOW;
    public static final int NO_TTY = 0x100;

    static {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        DIRECTORY = arm ? 0x4000 : 0x10000;
        NO_FOLLOW = arm ? 0x8000 : 0x20000;
    }

    private OpenFlags() {}
}
