package dev.mirrord.session.docker.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.docker.CommandException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--network host|--network host cannot be combined|Publish ports with -p",
                "--net=host|--network host cannot be combined|Leave it out",
                "--network none|--network none cannot be combined|feature.network.outgoing",
                "--network container:db|--network container:db cannot be|one network: --network",
                "--network a --network name=host|--network host cannot be combined|Leave it out",
                "--uts host|--uts host cannot be combined|--hostname",
                "-v x:/.mirrord|nothing can be mounted at /.mirrord|elsewhere",
                "-v /a:/.mirrord/run:ro|nothing can be mounted at /.mirrord/run|elsewhere",
                "-v /.mirrord|nothing can be mounted at /.mirrord|elsewhere",
                "--tmpfs /.mirrord:size=1|nothing can be mounted at /.mirrord|elsewhere",
                "--mount type=bind,src=/a,dst=/.mirrord|nothing can be mounted at|elsewhere",
                "--mount type=tmpfs,target=//.mirrord/|nothing can be mounted at|elsewhere",
            })
    void whatCannotBeIsRefusedWithReasonAndRemedy(String options, String reason, String remedy) {
        assertThatThrownBy(() -> Lines.rewrite("docker run " + options + " img"))
                .isInstanceOfSatisfying(
                        CommandException.class,
                        failure -> {
                            assertThat(failure).hasMessageContaining(reason);
                            assertThat(failure.advice()).contains(remedy);
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--pid host",
                "--pid container:db",
                "--ipc host",
                "--userns host",
                "--network bridge",
                "--network default",
                "-v /.mirrord:/data",
                "-v x:/.mirrordx",
                "--read-only",
                "--cap-drop ALL",
                "--privileged",
            })
    void whatCanBeIsLeftAlone(String options) {
        assertThatCode(() -> Lines.rewrite("docker run " + options + " img"))
                .doesNotThrowAnyException();
    }
}
