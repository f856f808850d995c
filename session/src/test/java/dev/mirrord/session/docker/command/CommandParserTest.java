package dev.mirrord.session.docker.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.docker.CommandException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandParserTest {

    private static ContainerCommand parse(String line) {
        return CommandParser.parse(List.of(line.split(" ")));
    }

    @Test
    void everythingAfterTheImageBelongsToTheApp() {
        ContainerCommand command = parse("docker run --rm -it myimg sh -c true --rm");

        assertThat(command.image()).isEqualTo("myimg");
        assertThat(command.arguments()).containsExactly("sh", "-c", "true", "--rm");
        assertThat(command.on(RunFlag.RM)).isTrue();
        assertThat(command.on(RunFlag.INTERACTIVE)).isTrue();
        assertThat(command.on(RunFlag.TTY)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "docker run img|DOCKER|RUN",
                "/usr/local/bin/docker run img|DOCKER|RUN",
                "docker.exe run img|DOCKER|RUN",
                "docker-28 run img|DOCKER|RUN",
                "docker container run img|DOCKER|RUN",
                "docker create img|DOCKER|CREATE",
                "docker container create img|DOCKER|CREATE",
                "docker --context far run img|DOCKER|RUN",
                "docker -c far -D container run img|DOCKER|RUN",
                "docker -H tcp://h:1 run img|DOCKER|RUN",
                "podman run img|PODMAN|RUN",
                "nerdctl run img|NERDCTL|RUN",
            })
    void programGlobalOptionsAndVerbAreFound(String line, ContainerRuntime runtime, Verb verb) {
        ContainerCommand command = parse(line);

        assertThat(command.runtime()).isEqualTo(runtime);
        assertThat(command.verb()).isEqualTo(verb);
        assertThat(command.image()).isEqualTo("img");
    }

    @Test
    void globalOptionsAreKeptForOtherCommandsOfTheSameEngine() {
        ContainerCommand command =
                parse("docker -H unix:///x.sock --tls=false --config /c run img");

        assertThat(command.globals().words())
                .containsExactly("--host=unix:///x.sock", "--tls=false", "--config=/c");
        assertThat(command.globals().host()).contains("unix:///x.sock");
        assertThat(command.globals().config()).contains("/c");
        assertThat(command.globals().tls()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(RunFlag.class)
    void everyFlagTakesItsValueInEverySpelling(RunFlag flag) {
        if (flag == RunFlag.HELP) {
            return;
        }
        String name = "--" + flag.longName();
        boolean bool = flag.kind() == FlagKind.BOOLEAN;
        String value = bool ? "true" : "v";
        assertThat(parse(client(flag) + " run " + name + "=" + value + " img").last(flag))
                .contains(value);
        String separate = bool ? name : name + " v";
        assertThat(parse(client(flag) + " run " + separate + " img").last(flag)).contains(value);
        if (flag.shortName() != Flag.NO_SHORT_NAME) {
            String dash = "-" + flag.shortName();
            assertThat(parse(client(flag) + " run " + dash + "=" + value + " img").last(flag))
                    .contains(value);
            assertThat(
                            parse(client(flag) + " run " + (bool ? dash : dash + " v") + " img")
                                    .last(flag))
                    .contains(value);
            assertThat(
                            parse(client(flag) + " run " + (bool ? dash : dash + "v") + " img")
                                    .last(flag))
                    .contains(value);
        }
        assertThat(parse(client(flag) + " run " + separate + " img").image()).isEqualTo("img");
    }

    @ParameterizedTest
    @EnumSource(RunFlag.class)
    void aListKeepsAllValuesAndAValueTheLast(RunFlag flag) {
        if (flag.kind() == FlagKind.BOOLEAN) {
            return;
        }
        String name = "--" + flag.longName();
        ContainerCommand command = parse(client(flag) + " run " + name + " a " + name + "=b img");

        assertThat(command.last(flag)).contains("b");
        assertThat(command.all(flag)).containsExactly("a", "b");
    }

    private static String client(RunFlag flag) {
        return RunFlagClients.of(flag) == Client.PODMAN ? "podman" : "docker";
    }

    @ParameterizedTest
    @EnumSource(RunFlag.class)
    void aFlagOfOneClientIsUnknownToTheOther(RunFlag flag) {
        Client client = RunFlagClients.of(flag);
        if (client != Client.EACH) {
            String other = client == Client.PODMAN ? "docker" : "podman";
            assertThatThrownBy(() -> parse(other + " run --" + flag.longName() + "=1 img"))
                    .hasMessage("unknown flag: --" + flag.longName());
        }
    }

    @Test
    void shortFlagsCanBeBundledWithAValueAtTheEnd() {
        ContainerCommand command = parse("docker run -itdp8080:80 -eX=1 -e=Y=2 -wdir img");

        assertThat(command.on(RunFlag.DETACH)).isTrue();
        assertThat(command.all(RunFlag.PUBLISH)).containsExactly("8080:80");
        assertThat(command.all(RunFlag.ENV)).containsExactly("X=1", "Y=2");
        assertThat(command.last(RunFlag.WORKDIR)).contains("dir");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "f", "F", "false", "FALSE", "False"})
    void aBooleanCanBeSwitchedOff(String word) {
        assertThat(parse("docker run --rm --rm=" + word + " img").on(RunFlag.RM)).isFalse();
    }

    @Test
    void twoDashesEndTheOptions() {
        ContainerCommand command = parse("docker run --rm -- -img- --rm=false");

        assertThat(command.image()).isEqualTo("-img-");
        assertThat(command.arguments()).containsExactly("--rm=false");
    }

    @Test
    void anEmptyValueIsAValue() {
        ContainerCommand command =
                CommandParser.parse(List.of("docker", "run", "--entrypoint", "", "img", "sh"));

        assertThat(command.last(RunFlag.ENTRYPOINT)).contains("");
    }

    @Test
    void olderSpellingsMeanTheSame() {
        ContainerCommand command =
                parse(
                        "docker run --net a --network b --net-alias c --dns-opt d --dns-option e"
                                + " img");

        assertThat(command.all(RunFlag.NETWORK)).containsExactly("a", "b");
        assertThat(command.all(RunFlag.NETWORK_ALIAS)).containsExactly("c");
        assertThat(command.all(RunFlag.DNS_OPTION)).containsExactly("d", "e");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "docker run --netwrok x img|unknown flag: --netwrok|Did you mean --network?",
                "docker run --volme x img|unknown flag: --volme|Did you mean --volume?",
                "docker run --qqqqqqqq img|unknown flag: --qqqqqqqq|See 'docker run --help'.",
                "docker run -itZ img|unknown shorthand flag: 'Z' in -itZ|See 'docker run --help'.",
                "docker create -d img|unknown shorthand flag: 'd' in -d|docker create --help",
                "docker create --detach-keys x img|unknown flag: --detach-keys|docker create",
                "docker run --name|flag needs an argument: --name|docker run --help",
                "docker run -it -p|flag needs an argument: 'p' in -p|docker run --help",
                "docker run --rm=maybe img|invalid argument \"maybe\" for \"--rm\" flag|",
                "docker run --=x img|bad flag syntax: --=x|",
                "docker run --rm|'docker run' requires at least 1 argument: the image|--help",
                "docker run --help img|--help is docker run's own|docker run --help",
                "docker|'docker' has no run|mirrord container -t deployment/web -- docker run",
                "docker container|'docker container' has no run|",
                "docker compose up|'docker compose' is not run or create|docker run",
                "docker start web|a container that exists cannot be brought|docker run",
                "docker exec web sh|an exec goes into a container|/.mirrord/run",
                "docker -H a -H b run img|specify only one -H|",
                "docker -H a --context b run img|cannot specify both --host and --context|",
                "dokcer run img|'dokcer' is not docker, podman or nerdctl|docker run",
                "dockerize run img|'dockerize' is not docker|",
            })
    void whatDockerWouldRefuseIsRefusedWithAdvice(String line, String message, String advice) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOfSatisfying(
                        CommandException.class,
                        failure -> {
                            assertThat(failure).hasMessageContaining(message);
                            assertThat(failure.text()).contains(advice == null ? "" : advice);
                        });
    }

    @Test
    void noWordsAtAllAreAnsweredWithAnExample() {
        assertThatThrownBy(() -> CommandParser.parse(List.of()))
                .hasMessage("no container line was given");
    }
}
