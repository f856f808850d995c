package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What programs of every kind can do with the target's files: read a Secret, list a directory,
 * write where it is allowed, be refused where it is not.
 */
class FileMatrixClusterIT {
    private static final List<String> ACTIONS = List.of("reads", "lists", "writes", "refused");

    /** In the image with Debian's tools: kind, then how it reads, lists, writes. */
    private static final Map<String, List<String>> DEBIAN = new LinkedHashMap<>();

    static {
        DEBIAN.put("glibc-c", List.of("cat $secret", "ls /data/small | wc -l", "cp $words $WHERE"));
        DEBIAN.put(
                "static-c",
                List.of(
                        "busybox cat $secret",
                        "busybox ls /data/small | wc -l",
                        "busybox cp $words $WHERE"));
        DEBIAN.put(
                "static-go",
                List.of(
                        "probe cat $secret",
                        "probe ls /data/small | wc -l",
                        "probe write $WHERE words"));
        DEBIAN.put(
                "python",
                List.of(
                        "python3 -c \"print(open('$secret').read())\"",
                        "python3 -c \"import os; print(len(os.listdir('/data/small')))\"",
                        "python3 -c \"open('$WHERE', 'w').write('words')\""));
        DEBIAN.put(
                "cp-a",
                List.of(
                        "cp -aL $secret /tmp/a; cat /tmp/a",
                        "cp -a /data/small /tmp/b; ls /tmp/b | wc -l",
                        "cp -a $words $WHERE"));
        DEBIAN.put(
                "tar",
                List.of(
                        "tar -chf - $secret | tar -xOf -",
                        "tar -cf - /data/small | tar -tf - | grep -c txt",
                        "tar -C /tmp -cf - words | tar -C ${WHERE%/*} --transform"
                                + " s/words/tar/ -xf -"));
        DEBIAN.put(
                "find",
                List.of(
                        "find -L $secret -type f -exec cat {} +",
                        "find /data/small -name '*.txt' | wc -l",
                        "find $words -fprint $WHERE"));
        DEBIAN.put(
                "grep-r",
                List.of(
                        "grep -rh . $secret",
                        "grep -rl file /data/small | wc -l",
                        "grep -r words $words >$WHERE"));
        DEBIAN.put(
                "rsync",
                List.of(
                        "rsync -L $secret /tmp/c; cat /tmp/c",
                        "rsync --list-only /data/small/ | grep -c txt",
                        "rsync -a $words $WHERE"));
        DEBIAN.put(
                "sqlite3",
                List.of(
                        "sqlite3 :memory: \"select readfile('$secret')\"",
                        "sqlite3 :memory: \"select count(*) from fsdir('/data/small') where name"
                                + " like '%.txt'\"",
                        "sqlite3 $WHERE 'pragma journal_mode=wal; create table t(x); insert into t"
                                + " values (1); update t set x = 2; pragma journal_mode=delete;"
                                + " delete from t; vacuum'"));
    }

    private static final Map<String, List<String>> MUSL =
            Map.of(
                    "musl",
                    List.of("cat $secret", "ls /data/small | wc -l", "cp $words $WHERE"),
                    "busybox-sh",
                    List.of(
                            "read -r line <$secret; echo $line",
                            "set -- /data/small/*; echo $#",
                            "echo words >$WHERE"));

    private static final Map<String, List<String>> NODE =
            Map.of(
                    "node",
                    List.of(
                            "node -p \"fs.readFileSync('$secret', 'utf8')\"",
                            "node -p \"fs.readdirSync('/data/small').length\"",
                            "node -e \"fs.writeFileSync('$WHERE', 'words')\""));

    private static final String JAVA_PROGRAM =
            """
            cat >/tmp/T.java <<'END'
            import java.nio.file.*;
            class T {
                public static void main(String[] a) throws Exception {
                    Path path = Path.of(a[1]);
                    switch (a[0]) {
                        case "read" -> System.out.println(Files.readString(path));
                        case "list" -> System.out.println(Files.list(path).count());
                        default -> Files.writeString(path, "words");
                    }
                }
            }
            END
            javac -d /tmp /tmp/T.java
            """;

    private static final Map<String, List<String>> JAVA =
            Map.of(
                    "java",
                    List.of(
                            "java -cp /tmp T read $secret",
                            "java -cp /tmp T list /data/small",
                            "java -cp /tmp T write $WHERE"));

    @BeforeAll
    static void makePlace() {
        Pods.inWeb("bash", "-c", "rm -rf /data/matrix; mkdir /data/matrix").orFail();
    }

    @AfterAll
    static void nothingIsLeft() {
        Pods.inWeb("rm", "-r", "/data/matrix").orFail();
        Cluster.assertNothingLeft();
    }

    @Test
    void programsOfDebian() throws IOException {
        check(Mirrord.GLIBC, "bash", "", DEBIAN);
        // The database is whole where the target sees it.
        assertThat(Pods.inWeb("head", "-c", "15", "/data/matrix/sqlite3").orFail().out())
                .isEqualTo("SQLite format 3");
    }

    @Test
    void programsOfMusl() throws IOException {
        check(Mirrord.MUSL, "sh", "", MUSL);
    }

    @Test
    void node() throws IOException {
        check("mirrord-test/node", "sh", "", NODE);
    }

    @Test
    void java() throws IOException {
        check("mirrord-test/java", "sh", JAVA_PROGRAM, JAVA);
    }

    private static void check(
            String image, String shell, String preparation, Map<String, List<String>> kinds)
            throws IOException {
        StringBuilder script = new StringBuilder(functions()).append(preparation);
        List<String> expected = new ArrayList<>();
        kinds.forEach(
                (kind, commands) -> {
                    script.append("kind ").append(kind);
                    commands.forEach(
                            each ->
                                    script.append(" '")
                                            .append(each.replace("'", "'\\''"))
                                            .append("'"));
                    script.append('\n');
                    ACTIONS.forEach(action -> expected.add(kind + " " + action + " ok"));
                });
        Command.Result result =
                Mirrord.onWeb()
                        .with("--fs-mode", "write")
                        .docker("--entrypoint", shell)
                        .run(image, "-c", script.toString());
        assertThat(result.orFail().out().lines()).containsExactlyElementsOf(expected);
        List<String> written =
                Pods.inWeb("ls", "/data/matrix", "/etc/shop-secret")
                        .orFail()
                        .out()
                        .lines()
                        .toList();
        kinds.keySet().forEach(kind -> assertThat(written).containsOnlyOnce(kind));
    }

    private static String functions() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        FileMatrixClusterIT.class.getResourceAsStream("/files/matrix.sh"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
