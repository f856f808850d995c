package dev.mirrord.it.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Suites that others wrote for file systems, in write mode on the mounted tree. {@code
 * -Dmirrord.test.operations=1000000} is a long run (bench/files-suite).
 */
class FileSuitesIT {
    private static final int OPERATIONS = Integer.getInteger("mirrord.test.operations", 20_000);

    /**
     * Of one run of fsx, which has a seed and a file of its own: it never unmaps what it maps, and
     * a process has no more than 65,530 mappings.
     */
    private static final int RUN = 5_000;

    private static final int AT_ONCE = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(60).plusMillis(OPERATIONS);

    private static final String FSX =
            """
            flen = 1048576
            [opsize]
            max = 131072
            [weights]
            close_open = 1
            read = 10
            write = 10
            mapread = 10
            mapwrite = 10
            invalidate = 1
            truncate = 5
            fsync = 0.2
            fdatasync = 0.2
            posix_fallocate = 1
            punch_hole = 1
            sendfile = 2
            posix_fadvise = 1
            copy_file_range = 2
            """;

    @TempDir Path results = Path.of("");

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
    void fsxReadsWhatItWroteWhateverTheOrder() throws Exception {
        String fsx = Shell.in(Path.of(".."), "dev/fsx").strip();
        Path options = Files.writeString(results.resolve("fsx.toml"), FSX);
        List<Callable<Shell.Ended>> runs = new ArrayList<>();
        for (int seed = 1; seed <= OPERATIONS / RUN; seed++) {
            List<String> line =
                    List.of(
                            fsx,
                            "-q",
                            "-f",
                            options.toString(),
                            "-P",
                            results.toString(),
                            "-S",
                            "" + seed,
                            "-N",
                            "" + RUN,
                            "fsx-" + seed);
            runs.add(() -> Shell.run(target.mount, PATIENCE, line));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Future<Shell.Ended> run : threads.invokeAll(runs)) {
                assertThat(run.get().code()).as(run.get().out()).isZero();
            }
        }
        assertThat(Shell.in(target.root, "ls fsx-* | wc -l")).isEqualTo(OPERATIONS / RUN + "\n");
    }

    @Test
    void fioVerifiesWhatSeveralProcessesWrote() throws Exception {
        Shell.Ended ended =
                Shell.run(
                        target.mount,
                        PATIENCE,
                        List.of(
                                "fio",
                                "--output-format=terse",
                                "--directory=.",
                                "--size=" + Math.clamp(OPERATIONS / 2500, 8, 128) + "m",
                                "--verify=crc32c",
                                "--verify_fatal=1",
                                "--do_verify=1",
                                "--name=mapped",
                                "--ioengine=mmap",
                                "--rw=randwrite",
                                "--bs=4k",
                                "--fsync=256",
                                "--name=sizes",
                                "--ioengine=psync",
                                "--rw=randwrite",
                                "--bsrange=512-256k",
                                "--bs_unaligned=1",
                                "--name=direct",
                                "--ioengine=libaio",
                                "--iodepth=16",
                                "--direct=1",
                                "--rw=randwrite",
                                "--bs=16k",
                                "--name=appended",
                                "--ioengine=psync",
                                "--rw=write",
                                "--bs=100k",
                                "--end_fsync=1"));
        assertThat(ended.code()).as(ended.out()).isZero();
        assertThat(Shell.in(target.root, "ls -l *.0.0 | wc -l")).isEqualTo("4\n");
    }
}
