package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The target's files in images of every kind. */
class FilesClusterIT {
    private static final String SECRET = "/etc/shop-secret/DATABASE_PASSWORD";

    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    private static Mirrord reading() {
        return Mirrord.onWeb().with("--fs-mode", "read");
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

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aShellListsCopiesSearchesAndIsRefusedWhereTheTargetMayNotWrite() {
        Command.Result result =
                reading()
                        .script(
                                "set -e; ls /data/small | wc -l; cat /data/hello.txt; cat"
                                    + " /data/link; cp -a /data/nested /tmp/copy; cat"
                                    + " /tmp/copy/a/b/leaf; tar -C /data -cf - nested | tar -tf - |"
                                    + " wc -l; grep -rl 'file 77$' /data/small; find /data/nested"
                                    + " -type f; echo x 2>/dev/null >/etc/shop-secret/new || echo"
                                    + " refused; echo own >/tmp/own; cat /tmp/own");
        assertThat(result.orFail().out())
                .isEqualTo(
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
                        """);
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
}
