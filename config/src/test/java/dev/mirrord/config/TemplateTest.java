package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.source.GitBranch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateTest {
    @Test
    void theFilesOwnKeyHoldsForTheRestOfTheFile() throws ConfigException {
        String file = "{\"key\": \"k1\", \"target\": \"pod/{{ key }}\"}";
        assertThat(target(file, Map.of())).isEqualTo("pod/k1");
        assertThat(target(file, Map.of("MIRRORD_KEY", "k2"))).isEqualTo("pod/k2");
    }

    @Test
    void withoutAKeyItIsTheUsersName() throws ConfigException {
        assertThat(target("{\"target\": \"label/user={{ key }}\"}", Map.of()))
                .isEqualTo("label/user=" + System.getProperty("user.name"));
    }

    @Test
    void aVariableHasItsDefault() throws ConfigException {
        String file = "{\"target\": \"pod/{{ get_env(name='POD', default='x') | lower }}\"}";
        assertThat(target(file, Map.of())).isEqualTo("pod/x");
        assertThat(target(file, Map.of("POD", "WEB"))).isEqualTo("pod/web");
    }

    @Test
    void conditionsAreUnderstood() throws ConfigException {
        String file =
                "{\"target\": \"{% if git_branch == 'main' %}pod/a{% else %}pod/b{% endif %}\"}";
        assertThat(target(file, Map.of("MIRRORD_BRANCH_NAME", "main"))).isEqualTo("pod/a");
        assertThat(target(file, Map.of("MIRRORD_BRANCH_NAME", "fix"))).isEqualTo("pod/b");
    }

    @Test
    void whatIsUndefinedIsSaidWithItsLine() {
        assertThat(problems("{\n \"target\": \"pod/{{ nothing }}\"}"))
                .containsExactly("<stdin>:2:1: the template's name nothing is not defined");
        assertThat(problems("{\n\n \"target\": \"pod/{{ get_env(name='NOT_SET') }}\"}"))
                .containsExactly(
                        "<stdin>:3:1: broken template: NOT_SET is not set, and get_env has no"
                                + " default");
        assertThat(problems("{\"target\": \"pod/{{ key\"}"))
                .singleElement()
                .asString()
                .startsWith("<stdin>:1:1: broken template: ");
    }

    @Test
    void theBranchIsReadFromTheRepository(@TempDir Path directory) throws IOException {
        assertThat(GitBranch.of(directory)).isEmpty();
        Path git = Files.createDirectories(directory.resolve("repository/.git"));
        Path inside = Files.createDirectories(directory.resolve("repository/a/b"));
        Files.writeString(git.resolve("HEAD"), "ref: refs/heads/feature/x\n");
        assertThat(GitBranch.of(inside)).contains("feature/x");
        Files.writeString(git.resolve("HEAD"), "0123456789abcdef0123456789abcdef01234567\n");
        assertThat(GitBranch.of(inside)).isEmpty();
    }

    @Test
    void aWorktreeHasABranchOfItsOwn(@TempDir Path directory) throws IOException {
        Path main = Files.createDirectories(directory.resolve("main/.git/worktrees/w"));
        Files.writeString(main.resolve("HEAD"), "ref: refs/heads/w\n");
        Path worktree = Files.createDirectories(directory.resolve("w"));
        Files.writeString(worktree.resolve(".git"), "gitdir: ../main/.git/worktrees/w\n");
        assertThat(GitBranch.of(worktree)).contains("w");
    }

    private static String target(String file, Map<String, String> environment)
            throws ConfigException {
        return load(file, environment).config().target().orElseThrow().path();
    }

    private static List<String> problems(String file) {
        try {
            load(file, Map.of());
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    private static LoadedConfig load(String file, Map<String, String> environment)
            throws ConfigException {
        return ConfigLoader.load(
                new ConfigSources(
                        Optional.of("-"),
                        environment,
                        new Overrides(),
                        Path.of("/"),
                        new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8))));
    }
}
