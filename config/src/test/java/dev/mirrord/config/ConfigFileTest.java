package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    @TempDir Path directory;

    @Test
    void theFormatGoesByTheExtension() throws Exception {
        write("a.json", "{\"key\":\"json\"}");
        write("b.yaml", "key: yaml\n");
        write("c.yml", "key: yml\n");
        write("d.toml", "key = \"toml\"\n");
        write("bare", "{\"key\":\"bare\"}");

        assertThat(load("a.json").key()).contains("json");
        assertThat(load("b.yaml").key()).contains("yaml");
        assertThat(load("c.yml").key()).contains("yml");
        assertThat(load("d.toml").key()).contains("toml");
        assertThat(load("bare").key()).contains("bare");
    }

    @Test
    void theSameConfigurationInAllFormatsIsTheSame() throws Exception {
        write(
                "a.json",
                "{\"target\":{\"path\":\"pod/a\",\"namespace\":\"n\"},\"agent\":{\"ttl\":3},"
                    + "\"feature\":{\"env\":{\"override\":{\"A\":\"off\"}},\"network\":{\"incoming\":"
                    + "{\"mode\":\"off\",\"port_mapping\":[[1,2]]},\"dns\":false}}}");
        write(
                "a.yaml",
                """
                target: {path: pod/a, namespace: n}
                agent:
                  ttl: 3
                feature:
                  env:
                    override:
                      A: off
                  network:
                    incoming:
                      mode: off
                      port_mapping: [[1, 2]]
                    dns: false
                """);
        write(
                "a.toml",
                """
                target.path = "pod/a"
                target.namespace = "n"
                [agent]
                ttl = 3
                [feature.env.override]
                A = "off"
                [feature.network]
                dns = false
                [feature.network.incoming]
                mode = "off"
                port_mapping = [[1, 2]]
                """);

        assertThat(load("a.yaml")).isEqualTo(load("a.json"));
        assertThat(load("a.toml")).isEqualTo(load("a.json"));
    }

    @Test
    void yamlAliasesStandForTheirAnchors() throws Exception {
        write("a.yaml", "agent:\n  labels: &l {a: b}\n  annotations: *l\n");

        assertThat(load("a.yaml").agent().annotations()).isEqualTo(Map.of("a", "b"));
    }

    @Test
    void anEmptyYamlFileSetsNothing() throws Exception {
        write("a.yaml", "# nothing\n");

        assertThat(load("a.yaml")).isEqualTo(TestingConfig.json("{}"));
    }

    @Test
    void aPlaceIsFileLineAndColumn() throws Exception {
        write("a.yaml", "agent:\n  ttl: soon\n");
        write("a.toml", "agent.ttl = \"soon\"\n");
        write("b.json", "{\n  \"key\": \"a\"\n  \"x\": 1\n}");
        write("b.yaml", "a: [1\n");
        write("b.toml", "a = \n");
        write("b.ini", "");

        assertThat(problems("a.yaml"))
                .containsExactly(
                        "a.yaml:2:8: agent.ttl must be a whole number from 0 to 86400, but is the"
                                + " string \"soon\"");
        assertThat(problems("a.toml"))
                .containsExactly(
                        "a.toml: agent.ttl must be a whole number from 0 to 86400, but is the"
                                + " string \"soon\"");
        assertThat(problems("b.json"))
                .singleElement()
                .asString()
                .startsWith("b.json:3:3: not valid JSON: ");
        assertThat(problems("b.yaml"))
                .singleElement()
                .asString()
                .startsWith(
                        "b.yaml:1:6: not valid YAML: while parsing a flow sequence; expected ',' or"
                                + " ']', but got <stream end>");
        assertThat(problems("b.toml"))
                .singleElement()
                .asString()
                .startsWith("b.toml:1:5: not valid TOML: ");
        assertThat(problems("b.ini"))
                .containsExactly(
                        "b.ini: extension .ini is not known: use .json, .yaml, .yml or .toml");
    }

    @Test
    void aFileThatIsNotThereIsToldByName() {
        assertThat(problems("gone.json"))
                .containsExactly("cannot read the configuration file gone.json: it does not exist");
    }

    @Test
    void aFileThatIsNoTextIsToldByName() throws Exception {
        Files.write(directory.resolve("a.json"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThat(problems("a.json"))
                .containsExactly("cannot read the configuration file a.json: it is not UTF-8 text");
    }

    @Test
    void aVariableNamesTheFileWhenNoFlagDoes() throws Exception {
        write("a.json", "{\"key\":\"a\"}");
        write("b.json", "{\"key\":\"b\"}");
        Map<String, String> environment = Map.of("MIRRORD_CONFIG_FILE", "a.json");

        assertThat(load(Optional.empty(), environment).key()).contains("a");
        assertThat(load(Optional.of("b.json"), environment).key()).contains("b");
        assertThat(load(Optional.empty(), Map.of()).key()).isEmpty();
    }

    @Test
    void theEnvironmentFileIsReadFromTheWorkingDirectory() throws Exception {
        write("a.json", "{\"feature\":{\"env\":{\"env_file\":\"x.env\"}}}");
        write("x.env", "A=1\nexport B='2'\n");

        assertThat(load("a.json").feature().environment().file())
                .isEqualTo(Map.of("A", "1", "B", "2"));
    }

    @Test
    void aBadEnvironmentFileIsToldWithItsLineAndWithoutItsValues() throws Exception {
        write("a.json", "{\"feature\":{\"env\":{\"env_file\":\"x.env\"}}}");
        write("x.env", "A=1\nB=\"secret\n");

        assertThat(problems("a.json"))
                .containsExactly("x.env: line 2: the quote that opens here is never closed");
    }

    @Test
    void aTildeInTheKubeconfigIsTheHomeDirectory() throws Exception {
        assertThat(
                        load(Optional.empty(), Map.of("MIRRORD_KUBECONFIG", "~/k", "HOME", "/h"))
                                .kubernetes()
                                .kubeconfig())
                .containsExactly(Path.of("/h/k"));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private MirrordConfig load(String file) throws ConfigException {
        return load(Optional.of(file), Map.of());
    }

    private MirrordConfig load(Optional<String> file, Map<String, String> environment)
            throws ConfigException {
        return ConfigLoader.load(
                        new ConfigSources(
                                file,
                                environment,
                                new Overrides(),
                                directory,
                                InputStream.nullInputStream()))
                .config();
    }

    private List<String> problems(String file) {
        ConfigException e = catchThrowableOfType(ConfigException.class, () -> load(file));
        return e == null ? List.of() : e.problems();
    }
}
