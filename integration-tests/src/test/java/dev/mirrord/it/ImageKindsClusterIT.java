package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that nobody prepared, of every kind. */
class ImageKindsClusterIT {
    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    /** Each of these prints its argument vector and the variable CATALOG_URL, through its own entry. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "entry-only", "cmd-only", "entry-and-cmd", "entry-shell", "cmd-shell", "script-entry",
                "user1000", "workdir", "path-entry"
            })
    void anImageRunsAsItDoesWithoutUs(String kind) {
        String image = "mirrord-test/" + kind;
        Command.Result plain = Command.docker("run", "--rm", image);
        Command.Result ours = Mirrord.onWeb().run(image);
        assertThat(ours.exitCode()).as(ours.err()).isEqualTo(plain.exitCode());
        assertThat(withoutPid(ours.out())).isEqualTo(withoutPid(plain.out()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"entry-only", "cmd-only", "entry-and-cmd", "script-entry", "user1000", "workdir"})
    void itsArgumentsAreReplacedAsDockerDoes(String kind) {
        String image = "mirrord-test/" + kind;
        Command.Result plain = Command.docker("run", "--rm", image, "/probe", "args", "x y");
        Command.Result ours = Mirrord.onWeb().run(image, "/probe", "args", "x y");
        assertThat(withoutPid(ours.out())).isEqualTo(withoutPid(plain.out()));
        assertThat(ours.exitCode()).isEqualTo(plain.exitCode());
    }

    @Test
    void aHardenedContainerWorks() {
        List<String> hardened =
                List.of(
                        "--user", "1000:1000", "--read-only", "--cap-drop", "ALL", "--security-opt",
                        "no-new-privileges");
        Mirrord line = Mirrord.onWeb().docker(hardened.toArray(String[]::new));
        assertThat(line.probe("env", "CATALOG_URL")).isEqualTo("http://catalog");
        assertThat(line.probe("get", "http://catalog/")).isNotEmpty();
    }

    @Test
    void theMuslImageHasTheContext() {
        assertThat(
                        Mirrord.onWeb()
                                .docker("--entrypoint", "/bin/sh")
                                .run(
                                        Mirrord.MUSL,
                                        "-c",
                                        "echo $CATALOG_URL; wget -q -O - http://catalog/ | head -c 20")
                                .orFail()
                                .out())
                .startsWith("http://catalog\n");
    }

    @Test
    void aJavaProgramTalksToTheCluster() {
        assertThat(Mirrord.onWeb().run("mirrord-test/java", "http://catalog/").orFail().out())
                .contains("catalog");
    }

    private static String withoutPid(String out) {
        return out.replaceAll("\"p?pid\":\\s*\\d+", "\"pid\":0");
    }
}
