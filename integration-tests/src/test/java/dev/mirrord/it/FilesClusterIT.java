package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The target's files in images of every kind. */
class FilesClusterIT {
    private static final String SECRET = "/etc/shop-secret/DATABASE_PASSWORD";

    private static final String TOOLS =
            "set -e; ls /data/small | wc -l; cat /data/hello.txt; cat /data/link;"
                    + " cp -a /data/nested /tmp/copy; cat /tmp/copy/a/b/leaf;"
                    + " tar -C /data -cf - nested | tar -tf - | wc -l;"
                    + " grep -rl 'file 77$' /data/small; find /data/nested -type f;"
                    + " (echo x >/etc/shop-secret/new) 2>/dev/null || echo refused;"
                    + " echo own >/tmp/own; cat /tmp/own\n";
    private static final String TOOLS_OUT =
            """
            500
            hello from the target
            hello from the target
            deep
            4
            /data/small/77.txt
            /data/nested/a/b/leaf
            refused
            own
            """;
    private static final String PYTHON =
            "python3 -c \"import glob, mmap, os, shutil, subprocess;"
                    + " print(len(glob.glob('/data/small/*.txt')), os.path.realpath('/data/link'),"
                    + " sum(1 for _ in os.walk('/data/nested')));"
                    + " f = open('/data/hello.txt', 'rb');"
                    + " print(mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)[:5].decode());"
                    + " print(subprocess.run(['cat', '/data/hello.txt'], capture_output=True,"
                    + " close_fds=True).stdout.decode().strip())\"";
    private static final String PYTHON_OUT =
            "500 /data/hello.txt 3\nhello\nhello from the target\n";

    @TempDir Path configs = Path.of("");

    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    private static Mirrord reading() {
        return Mirrord.onWeb().with("--fs-mode", "read");
    }

    private Mirrord engine(String engine) throws IOException {
        Path file = configs.resolve(engine + ".json");
        Files.writeString(
                file, "{\"feature\":{\"fs\":{\"mode\":\"read\",\"engine\":\"" + engine + "\"}}}");
        return Mirrord.onWeb().with("-f", file.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "static-go, /probe",
        "user1000, /probe",
        "glibc, cat",
        "musl, busybox",
    })
    @Execution(ExecutionMode.CONCURRENT)
    void aSecretIsRead(String kind, String program) {
        String[] arguments =
                program.equals("cat") ? new String[] {SECRET} : new String[] {"cat", SECRET};
        Command.Result result =
                reading()
                        .docker("--read-only", "--cap-drop=ALL", "--entrypoint", program)
                        .run("mirrord-test/" + kind, arguments);
        String expected = Mirrord.onWeb().probe("env", "DATABASE_PASSWORD");
        assertThat(result.orFail().outLine()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"preload", "supervise"})
    @Execution(ExecutionMode.CONCURRENT)
    void eachEngineServesToolsAndPython(String engine) throws IOException {
        Command.Result result = engine(engine).script(TOOLS + PYTHON);
        assertThat(result.orFail().out()).isEqualTo(TOOLS_OUT + PYTHON_OUT);
        assertThat(result.err()).contains("/etc/shop-secret/new may only be read (EROFS)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"preload", "auto"})
    @Execution(ExecutionMode.CONCURRENT)
    void eachEngineServesMusl(String engine) throws IOException {
        Command.Result result =
                engine(engine).docker("--entrypoint", "sh").run(Mirrord.MUSL, "-c", TOOLS);
        assertThat(result.orFail().out()).isEqualTo(TOOLS_OUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"preload", "auto"})
    @Execution(ExecutionMode.CONCURRENT)
    void eachEngineServesNode(String engine) throws IOException {
        String program =
                "const fs = require('fs'); const h = fs.readFileSync('/data/hello.txt',"
                        + " 'utf8').trim(); console.log(h,"
                        + " fs.readdirSync('/data/small').length, fs.statSync('/data/link').size,"
                        + " fs.existsSync('/data/missing'), fs.realpathSync('/data/link'),"
                        + " fs.lstatSync('/data/link').isSymbolicLink());"
                        + " fs.promises.readFile('/data/nested/a/b/leaf', 'utf8').then(t =>"
                        + " console.log(t.trim()))";
        assertThat(
                        engine(engine)
                                .docker("--entrypoint", "node")
                                .run("mirrord-test/node", "-e", program)
                                .orFail()
                                .out())
                .isEqualTo("hello from the target 500 22 false /data/hello.txt true\ndeep\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"preload", "auto"})
    @Execution(ExecutionMode.CONCURRENT)
    void eachEngineServesJava(String engine) throws IOException {
        String program =
                """
                import java.nio.file.*;
                class T {
                    public static void main(String[] a) throws Exception {
                        System.out.println(Files.readString(Path.of("/data/hello.txt")).strip());
                        try (var list = Files.list(Path.of("/data/small"))) {
                            System.out.println(list.count() + " " + Files.exists(Path.of("/data/missing")));
                        }
                        System.out.println(Path.of("/data/link").toRealPath());
                    }
                }
                """;
        String script = "cat >/tmp/T.java <<'END'\n" + program + "END\nexec java /tmp/T.java";
        assertThat(
                        engine(engine)
                                .docker("--entrypoint", "sh")
                                .run("mirrord-test/java", "-c", script)
                                .orFail()
                                .out())
                .isEqualTo("hello from the target\n500 false\n/data/hello.txt\n");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anImageWhoseEntryIsAnInitHasFilesFromTheLibrary() throws IOException {
        Command.Result result = engine("preload").run("mirrord-test/s6", "cat", SECRET);
        assertThat(result.orFail().outLine())
                .isEqualTo(Mirrord.onWeb().probe("env", "DATABASE_PASSWORD"));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void theLibraryLeavesPrivilegesAlone() throws IOException {
        assertThat(
                        engine("preload")
                                .docker("--user", "1000")
                                .script("grep -e NoNewPrivs -e Seccomp_filters /proc/self/status")
                                .orFail()
                                .out())
                .isEqualTo("NoNewPrivs:\t0\nSeccomp_filters:\t1\n");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aShellListsCopiesSearchesAndIsRefusedWhereTheTargetMayNotWrite() {
        Command.Result result = reading().script(TOOLS);
        assertThat(result.orFail().out()).isEqualTo(TOOLS_OUT);
        assertThat(result.err()).contains("/etc/shop-secret/new may only be read (EROFS)");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whatIsWrittenWhereItIsAllowedIsTheTargets() {
        Command.Result written =
                Mirrord.onWeb()
                        .with("--fs-mode", "write")
                        .script(
                                "set -e; mkdir /data/ours; echo written >/data/ours/f;"
                                        + " mv /data/ours/f /data/ours/g; chmod 640 /data/ours/g;"
                                        + " stat -c %a /data/ours/g");
        assertThat(written.orFail().outLine()).isEqualTo("640");
        assertThat(reading().script("cat /data/ours/g").orFail().outLine()).isEqualTo("written");
        Mirrord.onWeb().with("--fs-mode", "write").script("rm -r /data/ours").orFail();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void withoutBeingAskedForFilesAreTheImages() {
        assertThat(
                        Mirrord.onWeb()
                                .script("test -e " + SECRET + " || echo absent")
                                .orFail()
                                .outLine())
                .isEqualTo("absent");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whereFilesAreOnlyReadNothingOfTheTargetIsRemovedByAnyWay() {
        String out =
                reading()
                        .script(
                                "rm -r /data/nested; cd /data && rm hello.txt; pwd;"
                                        + " cat hello.txt nested/a/b/leaf; find /data/small -name"
                                        + " 77.txt -delete; cat small/77.txt")
                        .orFail()
                        .out();
        assertThat(out).isEqualTo("/data\nhello from the target\ndeep\nfile 77\n");
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aPartMayBeChangedAndIsFullAndTheRestIsKept() throws IOException {
        Pods.apply(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: small-disk, namespace: shop}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: app
                    image: mirrord-test/glibc
                    imagePullPolicy: IfNotPresent
                    command: [bash, -c, "echo kept >/kept/file; exec sleep 600"]
                    readinessProbe: {exec: {command: [test, -s, /kept/file]}, periodSeconds: 1}
                    volumeMounts:
                    - {name: full, mountPath: /full}
                    - {name: kept, mountPath: /kept}
                  volumes:
                  - {name: full, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
                  - {name: kept, emptyDir: {}}
                """);
        try {
            Command.kubectl("wait", "-n", "shop", "--for=condition=Ready", "pod/small-disk")
                    .orFail();
            Path file = configs.resolve("part.json");
            Files.writeString(
                    file,
                    "{\"feature\":{\"fs\":{\"mode\":\"read\",\"read_write\":[\"^/full/\"]}}}");
            String program =
                    """
                    cat >/tmp/program.py <<'END'
                    import errno, mmap, os, shutil
                    def told(action):
                        try:
                            return action()
                        except OSError as error:
                            return errno.errorcode[error.errno]
                    fd, data, done = os.open("/full/f", os.O_CREAT | os.O_RDWR), os.urandom(4 << 20), 0
                    while not isinstance(result := told(lambda: os.write(fd, data[done:done + 70001])), str):
                        done += result
                    print(result, done > 500000, open("/full/f", "rb").read() == data[:done])
                    os.ftruncate(fd, 4 << 20)
                    memory = mmap.mmap(fd, 4 << 20)
                    memory[2 << 20:] = data[:2 << 20]
                    print(told(memory.flush))
                    kept = os.open("/kept", os.O_RDONLY)
                    print(told(lambda: os.unlink("file", dir_fd=kept)), told(lambda: os.mkdir("new", dir_fd=kept)),
                          told(lambda: shutil.rmtree("/kept")), os.listdir("/kept"))
                    os.close(fd)
                    END
                    python3 /tmp/program.py; rm -r /full/f; ls /full
                    """;
            String out =
                    Mirrord.on("pod/small-disk")
                            .with("-f", file.toString())
                            .script(program)
                            .orFail()
                            .out();
            assertThat(out)
                    .isEqualTo(
                            """
                            ENOSPC True True
                            ENOSPC
                            EROFS EROFS EROFS ['file']
                            """);
        } finally {
            Command.kubectl("delete", "-n", "shop", "pod/small-disk", "--wait=false");
        }
    }
}
