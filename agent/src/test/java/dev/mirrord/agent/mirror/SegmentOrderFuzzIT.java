package dev.mirrord.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jazzer looks for segments that {@link TcpReassembly} does not put together. */
class SegmentOrderFuzzIT {
    private static final int SECONDS = 8;

    @Test
    void noInputBreaksTheReassembly(@TempDir Path directory) throws Exception {
        Process fuzzer =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-Xmx512m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "com.code_intelligence.jazzer.Jazzer",
                                "--target_class=" + SegmentOrderFuzz.class.getName(),
                                "--instrumentation_includes=dev.mirrord.agent.mirror.**",
                                "-max_total_time=" + SECONDS,
                                "-rss_limit_mb=0",
                                "-max_len=1000")
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(fuzzer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(fuzzer.waitFor()).as(said).isZero();
        assertThat(said).contains("DONE").containsPattern("cov: [1-9]");
    }
}
