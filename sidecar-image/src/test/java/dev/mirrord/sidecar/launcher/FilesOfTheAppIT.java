package dev.mirrord.sidecar.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.files.FileEngine;
import dev.mirrord.config.files.FileMode;
import dev.mirrord.config.files.FilePolicy;
import dev.mirrord.config.files.FileRules;
import dev.mirrord.config.files.TargetMount;
import dev.mirrord.linux.file.DetachedTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sidecar's socket and the real launcher, with an ordinary directory as the target's tree. */
class FilesOfTheAppIT {
    private static final Path LAYER = Path.of("../layer-native").toAbsolutePath().normalize();
    private static final Path LAUNCHER = LAYER.resolve("build/" + machine() + "/test/run");

    @TempDir Path directory = Path.of("");

    private static String machine() {
        return System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
    }

    @BeforeAll
    static void theLauncherIsMade() throws Exception {
        Process make =
                new ProcessBuilder(
                                "make",
                                "-s",
                                "-C",
                                LAYER.toString(),
                                LAYER.relativize(LAUNCHER).toString())
                        .inheritIO()
                        .start();
        assertThat(make.waitFor()).isZero();
    }

    @BeforeEach
    void theTargetHasFiles() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree/etc/app"));
        Files.writeString(tree.resolve("secret"), "of the target");
        Files.createDirectories(directory.resolve("tree/srv"));
        Files.createSymbolicLink(directory.resolve("tree/srv/up"), Path.of("../../../../.."));
    }

    private String run(FileEngine engine, String script) throws Exception {
        FileRules rules = FileRules.NONE.with(FileMode.READ);
        return run(engine, rules, script, DetachedTree.openReadOnly(directory.resolve("tree")));
    }

    private String run(FileEngine engine, FileRules rules, String script, int... trees)
            throws Exception {
        Launchers launchers =
                new Launchers(
                        new LaunchersListener() {
                            @Override
                            public void onLauncher(LauncherRole role, long pid) {}

                            @Override
                            public void onGone(int remaining) {}
                        });
        launchers.open(directory.resolve("sock"));
        launchers.files(
                engine,
                FilePolicy.of(rules, List.of(new TargetMount("/etc/app", true))).encode(),
                trees);
        launchers.context(new ArrayList<>());
        Process process =
                new ProcessBuilder(LAUNCHER.toString(), "--main", "--", "sh", "-c", script)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return out;
    }

    @ParameterizedTest
    @EnumSource
    void theAppReadsWhatTheTargetHas(FileEngine engine) throws Exception {
        assertThat(run(engine, "cat /etc/app/secret")).isEqualTo("of the target");
    }

    @ParameterizedTest
    @EnumSource
    void theTargetsReadOnlyVolumeIsReadOnlyToTheAppAndThatIsSaid(FileEngine engine)
            throws Exception {
        assertThat(run(engine, "echo x >/etc/app/new"))
                .contains("/etc/app/new may only be read (EROFS)", "Read-only file system");
    }

    @ParameterizedTest
    @EnumSource
    void neitherALinkNorDotsLeadOutOfTheTree(FileEngine engine) throws Exception {
        assertThat(run(engine, "ls /srv/up; cd / && ls /srv/up/../../etc/app"))
                .isEqualTo("etc\nsrv\nsecret\n");
    }

    @ParameterizedTest
    @EnumSource
    void fromAnOpenDirectoryDotsDoNotLeadOutOfTheTree(FileEngine engine) throws Exception {
        assertThat(
                        run(
                                engine,
                                "python3 -S -c 'import os; d = os.open(\"/srv\", 0);"
                                        + " print(sorted(os.listdir(os.open(\"../../../..\", 0,"
                                        + " dir_fd=d))))'"))
                .isEqualTo("['etc', 'srv']\n");
    }

    @ParameterizedTest
    @EnumSource
    void whereNothingMayChangeNothingDoesBelowAnOpenDirectoryEither(FileEngine engine)
            throws Exception {
        assertThat(run(engine, "rm -r /srv; rm /etc/app/secret; cat /etc/app/secret"))
                .contains("Read-only file system", "of the target");
        assertThat(directory.resolve("tree/srv/up")).isSymbolicLink();
    }

    @ParameterizedTest
    @EnumSource
    void whereAPartMayChangeTheRestDoesNotBelowAnOpenDirectoryEither(FileEngine engine)
            throws Exception {
        Path tree = directory.resolve("tree");
        Files.createDirectories(tree.resolve("data/old"));
        FileRules read = FileRules.NONE.with(FileMode.READ);
        FileRules part =
                new FileRules(
                        read.mode(),
                        List.of("^/data(/|$)"),
                        read.readOnly(),
                        read.local(),
                        read.notFound(),
                        read.mapping(),
                        engine,
                        read.autoMount(),
                        read.volumes());
        int readOnly = DetachedTree.openReadOnly(tree);
        String script = "rm -r /srv /data/old; mkdir /data/new; ls /data";
        assertThat(run(engine, part, script, readOnly, DetachedTree.open(tree)))
                .contains("Read-only file system")
                .endsWith("\nnew\n");
        assertThat(tree.resolve("srv/up")).isSymbolicLink();
    }
}
