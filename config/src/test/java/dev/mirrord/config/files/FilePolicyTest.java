package dev.mirrord.config.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

class FilePolicyTest {
    private static final Path VECTORS = Path.of("../layer-native/test/policy-vectors");
    private static final ContainerFacts FACTS =
            new ContainerFacts("/work/app", "/home/me", List.of("/mnt/vol", "/etc/mine"));
    private static final List<TargetMount> MOUNTS =
            List.of(
                    new TargetMount("/etc/config", true),
                    new TargetMount("/tmp/shared", false),
                    new TargetMount("/var/run/secrets/kubernetes.io/serviceaccount", true));

    private static FileRules rules(FileMode mode) {
        return FileRules.NONE.with(mode);
    }

    private static Decision decide(FileRules rules, String path) {
        return FilePolicy.of(rules, MOUNTS).decide(path, FACTS).decision();
    }

    private static FileRules full() {
        SequencedMap<String, String> mapping = new LinkedHashMap<>();
        mapping.put("^/old/([^/]*)/(.*)", "/new/$2/${1}$$");
        mapping.put("^/old", "/second");
        return new FileRules(
                FileMode.READ,
                List.of("^/data/", "both"),
                List.of("^/ro(/|$)", "both", "secret"),
                List.of("^/mine", "\\.txt$"),
                List.of("^/gone$", "^/data/gone"),
                mapping,
                FileEngine.AUTO,
                true,
                FileVolumes.OFF);
    }

    @Test
    void theModeDecidesWhereNothingElseDoes() {
        assertThat(decide(rules(FileMode.READ), "/srv/x")).isEqualTo(Decision.READ);
        assertThat(decide(rules(FileMode.WRITE), "/srv/x")).isEqualTo(Decision.WRITE);
        assertThat(decide(rules(FileMode.LOCAL), "/srv/x")).isEqualTo(Decision.LOCAL);
        assertThat(decide(rules(FileMode.LOCALWITHOVERRIDES), "/srv/x")).isEqualTo(Decision.LOCAL);
    }

    @Test
    void programsAndLibrariesOfTheImageStayItsOwn() {
        for (String path :
                List.of(
                        "/",
                        "/usr/bin/ls",
                        "/lib",
                        "/proc/self/maps",
                        "/srv/x.so",
                        "/srv/x.so.1",
                        "/a/node_modules/x",
                        "/etc/passwd",
                        "/etc/hosts",
                        "/work/app/x",
                        "/home/me/.bashrc",
                        "/.mirrord/sock")) {
            assertThat(decide(rules(FileMode.WRITE), path)).as(path).isEqualTo(Decision.LOCAL);
        }
    }

    @Test
    void theOrderOfDecisionIsNotFoundReadWriteReadOnlyLocal() {
        assertThat(decide(full(), "/data/gone")).isEqualTo(Decision.NOT_FOUND);
        assertThat(decide(full(), "/x/both")).isEqualTo(Decision.READ_WRITE);
        assertThat(decide(full(), "/x/Secret.txt")).isEqualTo(Decision.READ_ONLY);
        assertThat(decide(full(), "/ro")).isEqualTo(Decision.READ_ONLY);
        assertThat(decide(full(), "/mine/x")).isEqualTo(Decision.LOCAL);
        assertThat(decide(full(), "/usr/data/x")).isEqualTo(Decision.LOCAL);
    }

    @Test
    void theTargetsVolumesComeBeforeTheBuiltInListsAndTheUsersBeforeTheirs() {
        assertThat(decide(rules(FileMode.LOCALWITHOVERRIDES), "/etc/config/key"))
                .isEqualTo(Decision.READ_ONLY);
        assertThat(decide(rules(FileMode.READ), "/tmp/shared/x")).isEqualTo(Decision.READ);
        assertThat(decide(rules(FileMode.WRITE), "/tmp/shared/x")).isEqualTo(Decision.WRITE);
        assertThat(decide(rules(FileMode.READ), "/tmp/own")).isEqualTo(Decision.LOCAL);
        assertThat(decide(rules(FileMode.WRITE), "/mnt/vol/x")).isEqualTo(Decision.LOCAL);
        assertThat(decide(rules(FileMode.READ), "/home/me/.kube/config"))
                .isEqualTo(Decision.NOT_FOUND);
        assertThat(decide(rules(FileMode.LOCAL), "/etc/config/key")).isEqualTo(Decision.LOCAL);
    }

    @Test
    void aMappingComesFirstAndTheFirstMappingWins() {
        FilePolicy policy = FilePolicy.of(full(), List.of());

        assertThat(policy.decide("/old/a/b/c", FACTS).path()).isEqualTo("/new/b/c/a$");
        assertThat(policy.decide("/old", FACTS).path()).isEqualTo("/second");
        assertThat(policy.decide("/older/x", FACTS).path()).isEqualTo("/seconder/x");
    }

    @Test
    void dotsAndSlashesAreTakenOutForTheDecision() {
        assertThat(FilePolicy.plain("//a/./b//../c/")).isEqualTo("/a/c");
        assertThat(FilePolicy.plain("/../..")).isEqualTo("/");
        assertThat(decide(rules(FileMode.READ), "/srv/../usr/lib")).isEqualTo(Decision.LOCAL);
    }

    /**
     * The launcher's tests read the same file: made here, compared there. Written anew with {@code
     * MIRRORD_WRITE_VECTORS=1}.
     */
    @Test
    void theLaunchersVectorsAreOfThisPolicy() throws IOException {
        String vectors = vectors();
        if (System.getenv("MIRRORD_WRITE_VECTORS") != null) {
            Files.writeString(VECTORS, vectors);
        }
        assertThat(Files.readString(VECTORS)).isEqualTo(vectors);
    }

    private static String vectors() {
        StringBuilder text = new StringBuilder();
        List<FileRules> all = new ArrayList<>(List.of(full()));
        for (FileMode mode : List.of(FileMode.READ, FileMode.WRITE, FileMode.LOCALWITHOVERRIDES)) {
            all.add(rules(mode));
        }
        for (String pattern : ExpressionTest.PATTERNS) {
            SequencedMap<String, String> mapping = new LinkedHashMap<>();
            mapping.put(pattern, "<$1|$2>");
            all.add(
                    new FileRules(
                            FileMode.LOCALWITHOVERRIDES,
                            List.of(),
                            List.of(pattern),
                            List.of(),
                            List.of(),
                            all.size() % 2 == 0 ? mapping : new LinkedHashMap<>(),
                            FileEngine.AUTO,
                            false,
                            FileVolumes.OFF));
        }
        for (FileRules rules : all) {
            FilePolicy policy = FilePolicy.of(rules, MOUNTS);
            text.append("policy ")
                    .append(Base64.getEncoder().encodeToString(policy.encode()))
                    .append('\n');
            for (String path : paths()) {
                FilePolicy.Verdict verdict = policy.decide(path, FACTS);
                text.append(verdict.decision().code())
                        .append('\t')
                        .append(path)
                        .append('\t')
                        .append(verdict.path())
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static List<String> paths() {
        List<String> paths =
                new ArrayList<>(
                        List.of(
                                "/",
                                "//",
                                "/..",
                                "/usr",
                                "/usr/",
                                "/usrx",
                                "/usr/lib/x",
                                "/etc/hosts",
                                "/etc/config/a",
                                "/etc/config",
                                "/etc/configx",
                                "/etc/mine/x",
                                "/data",
                                "/data/x",
                                "/data/gone",
                                "/gone",
                                "/ro",
                                "/rox",
                                "/x/both",
                                "/SECRET",
                                "/old/a/b",
                                "/old/a/b/c",
                                "/old",
                                "/older",
                                "/work/app",
                                "/work/apps",
                                "/work/app/../x",
                                "/home/me/.x",
                                "/home/me/x",
                                "/home/me/.kube/config",
                                "/home/me/.kubex",
                                "/mnt/vol/x",
                                "/tmp/shared/x",
                                "/tmp/shared/../x",
                                "/srv/lib.so",
                                "/srv/lib.so.1.2",
                                "/srv/libso",
                                "/a/node_modules/b",
                                "/a/node_modules",
                                "/srv/é.conf",
                                "/etc/ssl/certs/ca.pem",
                                "/var/run/secrets/kubernetes.io/serviceaccount/token"));
        paths.addAll(ExpressionTest.texts().subList(0, 260));
        return paths;
    }
}
