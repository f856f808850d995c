package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeysTest {
    @Test
    void noPathAndNoVariableIsThereTwice() {
        assertThat(Keys.all().stream().map(Key::path)).doesNotHaveDuplicates();
        assertThat(Keys.all().stream().flatMap(key -> key.variable().stream()))
                .doesNotHaveDuplicates();
    }

    @Test
    void noKeyIsBothImplementedAndNot() {
        assertThat(Keys.all().stream().map(Key::path))
                .noneMatch(
                        path ->
                                NotImplemented.paths()
                                        .anyMatch(
                                                not ->
                                                        path.equals(not)
                                                                || path.startsWith(not + ".")));
    }
}
