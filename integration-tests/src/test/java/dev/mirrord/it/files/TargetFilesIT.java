package dev.mirrord.it.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The target's files through a real mount, beside the same files seen directly. */
class TargetFilesIT {
    /** What a change in the target may take to be seen. */
    private static final long SOON_MILLIS = 1000;

    private static final String EVERYTHING =
            "find . -printf '%p|%y|%m|%n|%U|%G|%s|%T@|%l|%b\\0' | LC_ALL=C sort -z | tr '\\0' '\\n"
                    + "'";

    @SuppressWarnings("NullAway.Init")
    private static MountedTarget target;

    @BeforeAll
    static void mount() throws Exception {
        target = new MountedTarget();
    }

    @AfterAll
    static void unmount() throws Exception {
        target.close();
    }

    @Test
    void aProgramOfTheTargetsIsExecuted() throws Exception {
        Files.copy(
                Path.of("/bin/echo"),
                target.root.resolve("echo"),
                StandardCopyOption.COPY_ATTRIBUTES);
        within(SOON_MILLIS, () -> Files.exists(target.mount.resolve("echo")));
        assertThat(Shell.in(target.mount, "./echo of the target")).isEqualTo("of the target\n");
        Files.delete(target.root.resolve("echo"));
    }

    @Test
    void everyNameAndAttributeIsTheTargets() throws Exception {
        Path tree = Files.createDirectories(target.root.resolve("names"));
        Shell.in(
                tree,
                """
                printf x > $'new\\nline'; printf xy > $'\\xff\\xfe'; printf xyz > $(printf 'n%.0s' {1..255})
                mkdir -p deep/er; ln -s ../$'new\\nline' deep/link; ln -s /etc/passwd deep/absolute; ln -s loop loop
                truncate -s 1G sparse; mkfifo pipe; chown 12:34 deep; chmod 4751 deep; ln sparse deep/hard
                touch -d '1999-12-31 23:59:59.123456789' deep/er
                """);
        within(SOON_MILLIS, () -> Files.exists(target.mount.resolve("names")));
        assertThat(Shell.in(target.mount.resolve("names"), EVERYTHING))
                .isEqualTo(Shell.in(tree, EVERYTHING))
                .contains("deep/link", "1073741824", "|12|34|");
    }

    @Test
    void moreSmallFilesThanAreKeptAreReadAsTheyAre() throws Exception {
        Path tree = Files.createDirectories(target.root.resolve("many"));
        Shell.in(
                tree,
                "for d in 1 2 3 4; do mkdir $d; for i in $(seq 60); do head -c 50000 /dev/urandom >"
                        + " $d/$i; done; done");
        within(SOON_MILLIS, () -> Files.exists(target.mount.resolve("many")));
        String sums = "find . -type f | LC_ALL=C sort | xargs sha256sum";
        String there = Shell.in(tree, sums);
        for (int i = 0; i < 3; i++) {
            assertThat(Shell.in(target.mount.resolve("many"), sums)).isEqualTo(there);
        }
    }

    @Test
    void contentIsTheTargetsWhateverItsSize() throws Exception {
        Path tree = Files.createDirectories(target.root.resolve("contents"));
        Random random = new Random(7);
        for (int size : new int[] {0, 1, 4095, 4096, 65535, 65536, 65537, 524288, 3_000_001}) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            Files.write(tree.resolve("of-" + size), bytes);
        }
        within(SOON_MILLIS, () -> Files.exists(target.mount.resolve("contents")));
        assertThat(Shell.in(target.root, "diff -r contents '%s/contents'".formatted(target.mount)))
                .isEmpty();
    }

    @Test
    void aLargeFileIsTheSameReadAtRandom() throws Exception {
        byte[] bytes = new byte[5_000_000];
        new Random(8).nextBytes(bytes);
        Files.write(target.root.resolve("random"), bytes);
        Random random = new Random(9);
        within(SOON_MILLIS, () -> Files.exists(target.mount.resolve("random")));
        try (FileChannel file = FileChannel.open(target.mount.resolve("random"))) {
            for (int i = 0; i < 200; i++) {
                int at = random.nextInt(bytes.length + 10);
                ByteBuffer part = ByteBuffer.allocate(1 + random.nextInt(300_000));
                int got = file.read(part, at);
                int there = Math.min(part.capacity(), bytes.length - at);
                assertThat(Math.max(0, got)).isEqualTo(Math.max(0, there));
                if (got > 0) {
                    assertThat(part.flip()).isEqualTo(ByteBuffer.wrap(bytes, at, got).slice());
                }
            }
        }
    }

    @Test
    void anUpdatedConfigMapIsSeenWithinASecond() throws Exception {
        Path tree = Files.createDirectories(target.root.resolve("configmap"));
        Shell.in(tree, "mkdir ..1 ..2; echo old > ..1/key; echo new > ..2/key");
        Shell.in(tree, "ln -s ..1 ..data; ln -s ..data/key key");
        Path key = target.mount.resolve("configmap/key");
        within(SOON_MILLIS, () -> Files.exists(key));
        assertThat(Files.readString(key)).isEqualTo("old\n");
        for (int i = 0; i < 3; i++) {
            String now = i % 2 == 0 ? "new" : "old";
            String directory = i % 2 == 0 ? "..2" : "..1";
            Shell.in(tree, "ln -s %s ..tmp; mv -T ..tmp ..data".formatted(directory));
            within(SOON_MILLIS, () -> Files.readString(key).equals(now + "\n"));
        }
        Shell.in(tree, "rm key");
        within(SOON_MILLIS, () -> !Files.exists(key));
        Shell.in(tree, "echo back > key");
        within(SOON_MILLIS, () -> Files.exists(key) && Files.readString(key).equals("back\n"));
    }

    @Test
    void aLogThatGrowsIsReadOn() throws Exception {
        Path log = Files.writeString(target.root.resolve("log"), "first\n");
        within(SOON_MILLIS, () -> Files.exists(target.mount.resolve("log")));
        try (FileChannel reader = FileChannel.open(target.mount.resolve("log"))) {
            StringBuilder read = new StringBuilder();
            for (String line : new String[] {"", "second\n", "x".repeat(100_000) + "\n", "end\n"}) {
                Files.writeString(log, line, StandardOpenOption.APPEND);
                String all = Files.readString(log);
                within(
                        SOON_MILLIS,
                        () -> {
                            ByteBuffer more = ByteBuffer.allocate(4096);
                            while (reader.read(more.clear()) > 0) {
                                read.append(new String(more.array(), 0, more.position()));
                            }
                            return read.toString().equals(all);
                        });
            }
        }
    }

    @Test
    void aFileThatIsRemovedOrReplacedStaysWhatItWasForWhoHasItOpen() throws Exception {
        for (int size : new int[] {10, 300_000}) {
            for (boolean replaced : new boolean[] {false, true}) {
                Path file = target.root.resolve("open-%d-%s".formatted(size, replaced));
                Files.writeString(file, "a".repeat(size));
                Path seen = target.mount.resolve(file.getFileName());
                within(SOON_MILLIS, () -> Files.exists(seen));
                try (FileChannel open = FileChannel.open(seen)) {
                    if (replaced) {
                        Path other = Files.writeString(target.root.resolve("other"), "b");
                        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
                    } else {
                        Files.delete(file);
                    }
                    within(
                            SOON_MILLIS,
                            () ->
                                    replaced
                                            ? Files.readString(seen).equals("b")
                                            : Files.notExists(seen));
                    ByteBuffer all = ByteBuffer.allocate(size + 1);
                    while (open.read(all) > 0) {}
                    assertThat(new String(all.array(), 0, all.position()))
                            .isEqualTo("a".repeat(size));
                }
            }
        }
    }

    /** The same script, run in the target directly and through the mount, says the same. */
    @Test
    void whatProgramsDoWithFilesHasTheSameResults() throws Exception {
        Path here = Files.createDirectories(target.root.resolve("direct"));
        Path there = Files.createDirectories(target.mount.resolve("mounted"));
        String script =
                """
                echo a > a; cat a; echo b >> a; cat a; mv a c; ls; ln c d; stat -c '%h' c d; chmod 600 c; stat -c %a d
                echo through-d >> d; cat c; rm d; stat -c '%h' c; ln -s c e; cat e; readlink e
                truncate -s 100 c; stat -c %s c; touch -d '2001-01-01 00:00:00.5' c; stat -c %y c
                mkdir x; rmdir x; mkdir y; touch y/z; rmdir y; mv y q; ls q; mv q/z .; ls q; rmdir q; ls
                mkdir c; cat missing; cd c; mv e nowhere/e; ln c c; rm -d c; echo > missing/x; mkdir '' ; rmdir .
                mkfifo p; stat -c %F p; rm p
                umask 027; touch masked; mkdir masked-too; stat -c %a masked masked-too
                exec 3<>c; rm c; echo hi >&3; stat -L -c '%s %h' /proc/self/fd/3; exec 3>&-; ls
                dd if=/dev/zero of=sparse bs=1 count=1 seek=10M status=none; cp --sparse=always sparse s2; cmp sparse s2
                stat -c '%s %b' sparse; fallocate -l 1M full; stat -c '%s %b' full; fallocate -p -o 0 -l 64K full; stat -c %b full
                mkdir -p t/u/v; for i in 1 2 3 4 5; do echo $i > t/u/$i; ln -s ../$i t/u/v/l$i; done; ln t/u/1 t/hard
                cp -a t t2; diff -r t t2; tar cf t.tar t; mkdir o; tar xf t.tar -C o; diff -r t o/t
                find t t2 o -printf '%p %y %m %n %s %l\\n' | sort; grep -r 3 t | sort; rm -rf t t2 o; ls
                chown 5:6 sparse; stat -c %u:%g sparse; chmod 7777 sparse; stat -c %a sparse
                (for i in $(seq 200); do echo line $i >> lines; done); wc -l lines; sort -R lines | sort -V | tail -1; rm e t.tar
                """;
        assertThat(Shell.in(there, script)).isEqualTo(Shell.in(here, script));
        assertThat(Shell.in(target.root, "diff -r direct mounted")).isEmpty();
    }

    @Test
    void aFullDiskIsToldAndNothingIsLostSilently() throws Exception {
        try (MountedTarget full = new MountedTarget()) {
            Shell.in(full.root, "mkdir full");
            full.mountInside("full", "size=256k,nr_inodes=40");
            String program =
                    """
                    python3 - <<'END'
                    import ctypes, errno, mmap, os
                    def told(action):
                        try:
                            return action()
                        except OSError as error:
                            return errno.errorcode[error.errno]
                    def until_full(action):
                        done = 0
                        while True:
                            result = told(lambda: action(done))
                            if isinstance(result, str):
                                return done, result
                            done += 1 if result is None else result
                    fd = os.open("data", os.O_CREAT | os.O_RDWR)
                    data = os.urandom(1 << 20)
                    done, why = until_full(lambda at: os.write(fd, data[at:at + 70001]))
                    os.close(fd)
                    print(why, done >= 200000, os.stat("data").st_size == done, open("data", "rb").read() == data[:done])
                    def mapped(last):
                        fd = os.open("map", os.O_CREAT | os.O_RDWR)
                        os.ftruncate(fd, 1 << 20)
                        memory = mmap.mmap(fd, 1 << 20)
                        memory[:] = b"x" * (1 << 20)
                        result = told(lambda: last(fd, memory))
                        memory.close()
                        told(lambda: os.close(fd))
                        os.unlink("map")
                        return result
                    def closed_only():
                        libc = ctypes.CDLL(None)
                        libc.mmap.restype = ctypes.c_void_p
                        fd = os.open("map", os.O_CREAT | os.O_RDWR)
                        os.ftruncate(fd, 1 << 20)
                        memory = libc.mmap(None, ctypes.c_size_t(1 << 20), 3, mmap.MAP_SHARED, fd, ctypes.c_long(0))
                        ctypes.memset(memory, 120, 1 << 20)
                        libc.munmap(ctypes.c_void_p(memory), ctypes.c_size_t(1 << 20))
                        result = told(lambda: os.close(fd))
                        os.unlink("map")
                        return result
                    print(mapped(lambda fd, memory: memory.flush()), mapped(lambda fd, memory: os.fsync(fd)), closed_only())
                    os.unlink("data")
                    print(mapped(lambda fd, memory: memory.flush()))
                    fd = os.open("again", os.O_CREAT | os.O_RDWR)
                    print(os.write(fd, data[:100000]), told(lambda: os.posix_fallocate(fd, 0, 1 << 20)))
                    print(until_full(lambda at: os.mkdir(str(at)))[1], told(lambda: os.symlink("x" * 200, "link")),
                          told(lambda: os.open("new", os.O_CREAT)))
                    END
                    cp /bin/bash copy 2>&1 | grep -o 'No space left on device' | head -1
                    """;
            assertThat(Shell.in(full.mount.resolve("full"), program))
                    .isEqualTo(
                            """
                            ENOSPC True True True
                            ENOSPC ENOSPC ENOSPC
                            ENOSPC
                            100000 ENOSPC
                            ENOSPC ENOSPC ENOSPC
                            No space left on device
                            """);
        }
    }

    @Test
    void manySmallFilesOfADirectoryTakeSixRoundTrips() throws Exception {
        int delay = 50;
        try (MountedTarget far = new MountedTarget(0, 0, delay)) {
            long best = Long.MAX_VALUE;
            for (int round = 0; round < 3; round++) {
                Path many = Files.createDirectories(far.root.resolve("many" + round + "/of"));
                for (int i = 0; i < 500; i++) {
                    Files.writeString(many.resolve("f" + i), "content " + i);
                }
                Path directory = far.mount.resolve("many" + round);
                within(SOON_MILLIS + 2 * delay, () -> Files.exists(directory));
                long started = System.nanoTime();
                for (int i = 0; i < 500; i++) {
                    Path file = far.mount.resolve("many" + round + "/of/f" + i);
                    assertThat(Files.readAllBytes(file)).startsWith("content".getBytes());
                }
                best = Math.min(best, (System.nanoTime() - started) / 1_000_000);
            }
            assertThat(best).isLessThan(6 * 2 * delay + delay);
        }
    }

    @Test
    void whatTheTargetsUserMayNotDoIsRefused() throws Exception {
        try (MountedTarget users = new MountedTarget(1000, 1000, 0)) {
            Shell.in(users.root, "chmod 755 .. . ../..");
            Shell.in(
                    users.root,
                    "echo s > secret; chmod 600 secret; mkdir closed own; chown 1000:1000 own;"
                            + " chmod 700 closed; echo x > closed/x; echo p > public; chmod 644"
                            + " public");
            assertThat(Files.readString(users.mount.resolve("public"))).isEqualTo("p\n");
            assertThatThrownBy(() -> Files.readString(users.mount.resolve("secret")))
                    .isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> Files.readString(users.mount.resolve("closed/x")))
                    .isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> Files.writeString(users.mount.resolve("public"), "no"))
                    .isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> Files.writeString(users.mount.resolve("new"), "no"))
                    .isInstanceOf(AccessDeniedException.class);
            Files.writeString(users.mount.resolve("own/new"), "mine");
            assertThat(Shell.in(users.root, "stat -c '%u:%g' own/new")).isEqualTo("1000:1000\n");
        }
    }

    @Test
    void whenTheAgentIsGoneFilesFailAndComeBackWithIt() throws Exception {
        try (MountedTarget lossy = new MountedTarget()) {
            byte[] bytes = new byte[4_000_000];
            new Random(3).nextBytes(bytes);
            Files.write(lossy.root.resolve("large"), bytes);
            Files.writeString(lossy.root.resolve("small"), "small");
            try (FileChannel open = FileChannel.open(lossy.mount.resolve("large"))) {
                open.read(ByteBuffer.allocate(1000));
                lossy.disconnect();
                assertThatThrownBy(() -> Files.readString(lossy.mount.resolve("small")))
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(NoSuchFileException.class);
                assertThatThrownBy(() -> open.read(ByteBuffer.allocate(1000), 3_900_000))
                        .isInstanceOf(IOException.class);
                lossy.connect();
                assertThat(Files.readString(lossy.mount.resolve("small"))).isEqualTo("small");
                ByteBuffer part = ByteBuffer.allocate(1000);
                open.read(part, 3_900_000);
                assertThat(part.flip()).isEqualTo(ByteBuffer.wrap(bytes, 3_900_000, 1000).slice());
            }
        }
    }

    private static void within(long millis, Callable<Boolean> condition) throws Exception {
        long limit = System.nanoTime() + millis * 1_000_000;
        while (!condition.call()) {
            if (System.nanoTime() > limit) {
                throw new AssertionError("not within " + millis + " ms");
            }
            Thread.onSpinWait();
        }
    }
}
