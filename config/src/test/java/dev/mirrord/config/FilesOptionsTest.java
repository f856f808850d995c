package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.config.files.ContainerFacts;
import dev.mirrord.config.files.FileEngine;
import dev.mirrord.config.files.FileExplanation;
import dev.mirrord.config.files.FileMode;
import dev.mirrord.config.files.FileRules;
import dev.mirrord.config.files.FileVolumes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilesOptionsTest {
    private static FileRules files(String fs) {
        return TestingConfig.json("{\"feature\":{\"fs\":" + fs + "}}").feature().files();
    }

    @Test
    void byDefaultFilesAreTheImages() {
        FileRules files = TestingConfig.json("{}").feature().files();

        assertThat(files.mode()).isEqualTo(FileMode.LOCAL);
        assertThat(files.engine()).isEqualTo(FileEngine.AUTO);
        assertThat(files.autoMount()).isTrue();
        assertThat(files.wanted()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "true, READ",
        "false, LOCAL",
        "'\"write\"', WRITE",
        "'\"localwithoverrides\"', LOCALWITHOVERRIDES",
        "'{\"mode\":\"read\"}', READ"
    })
    void theModeHasShortForms(String fs, FileMode mode) {
        assertThat(files(fs).mode()).isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource({"auto, AUTO", "preload, PRELOAD", "supervise, SUPERVISE"})
    void theEngineIsChosen(String word, FileEngine engine) {
        assertThat(files("{\"engine\":\"" + word + "\"}").engine()).isEqualTo(engine);
    }

    @ParameterizedTest
    @CsvSource({"false, OFF", "true, READ", "'\"read\"', READ", "'\"write\"', WRITE"})
    void volumesAreMountedInEveryMode(String word, FileVolumes volumes) {
        FileRules files = files("{\"mode\":\"local\",\"volumes\":" + word + "}");

        assertThat(files.volumes()).isEqualTo(volumes);
        assertThat(files.mounted()).isEqualTo(volumes != FileVolumes.OFF);
        assertThat(files.wanted()).isFalse();
    }

    @Test
    void volumesAreNotMountedWithoutBeingAskedForNorWithoutATarget() {
        assertThat(files("\"read\"").volumes()).isEqualTo(FileVolumes.OFF);
        assertThat(
                        TestingConfig.json(
                                        "{\"target\":\"targetless\",\"feature\":{\"fs\":{\"volumes\":true}}}")
                                .feature()
                                .files()
                                .mounted())
                .isFalse();
    }

    @Test
    void onePatternOrSeveralAreTaken() {
        assertThat(files("{\"read_only\":\"^/a\",\"local\":[\"^/b\",\"^/c\"]}").local())
                .containsExactly("^/b", "^/c");
        assertThat(files("{\"read_only\":\"^/a\"}").readOnly()).containsExactly("^/a");
    }

    @Test
    void aTargetlessSessionHasNoFilesOfATarget() {
        assertThat(
                        TestingConfig.json(
                                        "{\"target\":\"targetless\",\"feature\":{\"fs\":\"read\"}}")
                                .feature()
                                .files()
                                .wanted())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"engine\":\"ptrace\"}', preload",
        "'{\"volumes\":\"all\"}', 'true or false, or one of read, write'",
        "'{\"local\":\"(?=a)\"}', look-around",
        "'{\"mapping\":{\"(\":\"x\"}}', an opening parenthesis",
        "'{\"mapping\":{\"a\":\"$x\"}}', a group is written $1"
    })
    void whatCannotBeIsSaid(String fs, String why) {
        assertThatThrownBy(() -> files(fs)).hasMessageContaining(why);
    }

    @Test
    void anExplanationNamesTheRule() {
        FileExplanation explanation =
                new FileExplanation(
                        files("{\"mode\":\"read\",\"not_found\":\"^/gone\"}"),
                        ContainerFacts.UNKNOWN);

        assertThat(explanation.of("/gone"))
                .containsExactly(
                        "/gone: not found: ENOENT", "  why: feature.fs.not_found \"^/gone\"");
        assertThat(explanation.of("/usr/bin/x"))
                .contains("  why: built in: the image's system \"/usr\"");
        assertThat(explanation.of("/srv"))
                .contains("  why: feature.fs.mode is read, and no rule matches");
        assertThat(explanation.of("srv").getFirst()).startsWith("srv: local: a relative path");
    }
}
