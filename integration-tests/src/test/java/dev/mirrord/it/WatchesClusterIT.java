package dev.mirrord.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Programs that wait for changes of files hear of those in the target. */
class WatchesClusterIT {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(10);

    /** A dynamic program; the last word of a line is what the file has when the event comes. */
    private static final String PYTHON =
            """
            import ctypes, os, struct, sys
            libc = ctypes.CDLL(None, use_errno=True)
            own = libc.inotify_init1(0o2000000)
            assert libc.inotify_add_watch(own, sys.argv[1].encode(), 0x3ce) > 0
            print("python watching", flush=True)
            while True:
                data = os.read(own, 65536)
                while data:
                    mask, length = struct.unpack_from("4xI4xI", data)
                    print("python", hex(mask), data[16:16 + length].rstrip(b"\\0").decode(), open(sys.argv[1] + "/key").read(), end="", flush=True)
                    data = data[16 + length:]
            """;

    private static final String NODE =
            "require('fs').watch('/data/languages', (event, name) => console.log('node', event,"
                    + " name)); console.log('node watching')";
    private static final String JAVA =
            """
            import java.nio.file.*;
            class W {
                public static void main(String[] a) throws Exception {
                    WatchService service = FileSystems.getDefault().newWatchService();
                    Path.of("/data/languages").register(service, StandardWatchEventKinds.ENTRY_CREATE);
                    System.out.println("java watching");
                    for (WatchKey key = service.take(); ; key = service.take()) {
                        key.pollEvents().forEach(each -> System.out.println("java " + each.kind() + " " + each.context()));
                        key.reset();
                    }
                }
            }
            """;

    @TempDir Path configs = Path.of("");

    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    private Mirrord engine(String engine) throws IOException {
        Path file = configs.resolve(engine + ".json");
        Files.writeString(
                file, "{\"feature\":{\"fs\":{\"mode\":\"read\",\"engine\":\"" + engine + "\"}}}");
        return Mirrord.onWeb().with("-f", file.toString());
    }

    private static void inTarget(String script) {
        Pods.inWeb("bash", "-c", script).orFail();
    }

    /** As the kubelet keeps a ConfigMap. */
    private static void makeConfig(String directory) {
        inTarget(
                "rm -rf %1$s; mkdir -p %1$s/..1 && cd %1$s && echo old >..1/key && ln -s ..1 ..data && ln -s ..data/key key"
                        .formatted(directory));
    }

    private static void updateConfig(String directory) {
        inTarget(
                "cd %s && mkdir ..2 && echo new >..2/key && ln -s ..2 ..data_tmp && mv -T ..data_tmp ..data && rm -r ..1"
                        .formatted(directory));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aStaticProgramHearsOfAnUpdatedConfigMapAndReadsIt() throws IOException {
        makeConfig("/data/watched");
        try (Command.Running app =
                engine("supervise")
                        .docker("--cap-drop=ALL", "--read-only")
                        .start(Mirrord.STATIC, "watch", "/data/watched", "/data/watched/key")) {
            app.awaitOut("watching /data/watched", START);
            updateConfig("/data/watched");
            app.awaitOut("CREATE ..2 [new]", SOON).awaitOut("MOVED_TO ..data [new]", SOON);
            app.awaitOut("DELETE ..1 [new]", SOON);
            inTarget("cd /data/watched; echo more >other");
            app.awaitOut("CREATE other", SOON).awaitOut("CLOSE_WRITE other", SOON);
            inTarget("cd /data/watched; mv other another");
            app.awaitOut("MOVED_FROM other", SOON).awaitOut("MOVED_TO another", SOON);
            inTarget("rm -r /data/watched");
            app.awaitOut("DELETE_SELF", SOON).awaitOut("IGNORED", SOON);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void programsOfBothKindsHearOfItSideBySideAndOfWhatTheAppItselfDoes() throws IOException {
        makeConfig("/data/both");
        String script =
                "probe watch /data/both & python3 -c '"
                        + PYTHON
                        + "' /data/both & read -r line; eval \"$line\"; kill %1 %2";
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("--fs-mode", "write")
                        .docker("-i", "--entrypoint", "bash")
                        .start(Mirrord.GLIBC, "-c", script)) {
            app.awaitOut("watching /data/both", START).awaitOut("python watching", START);
            updateConfig("/data/both");
            app.awaitOut("\nMOVED_TO ..data\n", SOON).awaitOut("python 0x80 ..data new", SOON);
            app.process().outputWriter().append("echo own >/data/both/own; sleep 3\n").flush();
            app.awaitOut("\nCREATE own\n", SOON).awaitOut("python 0x8 own new", SOON);
        }
        inTarget("rm -r /data/both");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whatLanguagesBringForItHears() {
        inTarget("mkdir -p /data/languages");
        Mirrord reading = Mirrord.onWeb().with("--fs-mode", "read");
        String script = "cat >/tmp/W.java <<'END'\n" + JAVA + "END\nexec java /tmp/W.java";
        try (Command.Running node =
                        reading.docker("--entrypoint", "node")
                                .start("mirrord-test/node", "-e", NODE);
                Command.Running java =
                        reading.docker("--entrypoint", "sh")
                                .start("mirrord-test/java", "-c", script)) {
            node.awaitOut("node watching", START);
            java.awaitOut("java watching", START);
            inTarget("echo new >/data/languages/other");
            node.awaitOut("node rename other", SOON);
            java.awaitOut("java ENTRY_CREATE other", SOON);
        }
        inTarget("rm -r /data/languages");
    }
}
