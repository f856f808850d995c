package dev.mirrord.session.docker.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.PidOne;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.ContainerRuntime;
import dev.mirrord.session.docker.command.FlagKind;
import dev.mirrord.session.docker.command.Placement;
import dev.mirrord.session.docker.command.RunFlag;
import dev.mirrord.session.docker.command.Verb;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RewriterTest {

    @Test
    void theAppJoinsTheSidecarAndIsStartedByTheLauncher() {
        assertThat(Lines.rewrite("docker --context far run --rm -it myimg serve -v").appCommand())
                .containsExactly(
                        "docker",
                        "--context=far",
                        "run",
                        "--rm=true",
                        "--interactive=true",
                        "--tty=true",
                        "--label=dev.mirrord/owner=me@here",
                        "--label=dev.mirrord/session=s1",
                        "--network=container:mirrord-s1-sidecar",
                        "--volumes-from=mirrord-s1-layer:ro",
                        "--entrypoint=/.mirrord/run",
                        "myimg",
                        "--main",
                        "--",
                        "serve",
                        "-v");
    }

    @ParameterizedTest
    @EnumSource(RunFlag.class)
    void everyFlagEndsUpWhereTheTableSays(RunFlag flag) {
        if (Set.of(RunFlag.HELP, RunFlag.POD, RunFlag.ROOTFS).contains(flag)
                || flag.placement() == Placement.REWRITTEN) {
            return;
        }
        String word = "--" + flag.longName() + "=" + value(flag);
        boolean alias = flag.canonical() == RunFlag.NETWORK_ALIAS;
        boolean docker = RunFlag.of(ContainerRuntime.DOCKER, Verb.RUN).contains(flag);
        String line =
                (docker ? "docker" : "podman")
                        + " run "
                        + (alias ? "--network mine " : "")
                        + word
                        + " img";
        boolean stays = Lines.rewrite(line).options().contains(word);

        assertThat(stays).isEqualTo(flag.placement() != Placement.SIDECAR);
    }

    private static String value(RunFlag flag) {
        if (flag.kind() == FlagKind.BOOLEAN) {
            return "true";
        }
        return switch (flag) {
            case ADD_HOST -> "h:1.2.3.4";
            case DNS, IP -> "1.2.3.4";
            case IP6 -> "fd00::1";
            case EXPOSE, PUBLISH -> "80";
            case MAC_ADDRESS -> "02:42:ac:11:00:02";
            case UTS -> "";
            default -> "v";
        };
    }

    /** Podman takes the namespace by its path, and the files that docker mounts by itself. */
    @Test
    void podmansAppIsToldOfTheNamespaceOfTheRunningSidecar() {
        Rewrite rewrite =
                Lines.rewrite("podman --root /r run --rm --network mine:ip=1.2.3.4 img a");

        assertThat(
                        rewrite.joined(
                                        new SharedNamespace(
                                                "/ns", "/c/resolv.conf", "/c/hosts", "h"))
                                .appCommand())
                .containsExactly(
                        "podman",
                        "--root=/r",
                        "run",
                        "--rm=true",
                        "--label=dev.mirrord/owner=me@here",
                        "--label=dev.mirrord/session=s1",
                        "--network=ns:/ns",
                        "--volume=/c/resolv.conf:/etc/resolv.conf",
                        "--volume=/c/hosts:/etc/hosts",
                        "--hostname=h",
                        "--volumes-from=mirrord-s1-layer:ro",
                        "--entrypoint=/.mirrord/run",
                        "img",
                        "--main",
                        "--",
                        "a");
        assertThat(rewrite.sidecar().networks().getFirst().name()).isEqualTo("mine");
        assertThat(rewrite.sidecar().networks().getFirst().ipv4()).contains("1.2.3.4");
    }

    @Test
    void nerdctlsLineIsRewrittenAsDockers() {
        assertThat(Lines.rewrite("nerdctl run -d --net mine -p 80:80 img a").appCommand())
                .containsExactly(
                        "nerdctl",
                        "run",
                        "--detach=true",
                        "--label=dev.mirrord/owner=me@here",
                        "--label=dev.mirrord/session=s1",
                        "--network=container:mirrord-s1-sidecar",
                        "--volumes-from=mirrord-s1-layer:ro",
                        "--entrypoint=/.mirrord/run",
                        "img",
                        "--main",
                        "--",
                        "a");
    }

    @Test
    void podmansEntrypointMayBeAList() {
        assertThat(Lines.rewrite("podman run --entrypoint [\"a\",\"b\"] img c").program())
                .containsExactly("a", "b", "c");
        assertThat(Lines.rewrite("docker run --entrypoint [\"a\",\"b\"] img c").program())
                .containsExactly("[\"a\",\"b\"]", "c");
    }

    @Test
    void podmansSidecarIsOnTheNetworkOfItsUsersConfigurationAndInNoUserNamespaceOfTheApp() {
        SidecarSpec sidecar = Lines.sidecar("podman run --userns keep-id img");

        assertThat(sidecar.networks().getFirst().name()).isEqualTo("private");
        assertThat(sidecar.networks().getFirst().userDefined()).isFalse();
        assertThat(sidecar.userNamespace()).isEmpty();
    }

    @Test
    void aliasesMoveWithTheirNetwork() {
        Rewrite rewrite =
                Lines.rewrite("docker run --network mine --network-alias a --net-alias b img");

        assertThat(rewrite.options()).noneMatch(option -> option.contains("alias"));
        assertThat(rewrite.sidecar().networks().getFirst().aliases()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource({
        "/init, true",
        "/sbin/init, true",
        "/lib/systemd/systemd, true",
        "/usr/bin/tini, false",
        "/app/init, false",
        "init, false"
    })
    void aKnownInitStaysPid1(String program, boolean pid1) {
        Rewrite rewrite = Lines.rewrite("docker run img " + program);

        assertThat(rewrite.appIsPid1()).isEqualTo(pid1);
        assertThat(rewrite.tail().contains("--pid1-app")).isEqualTo(pid1);
    }

    @Test
    void withDockersInitTheLauncherIsItsChild() {
        Rewrite rewrite = Lines.rewrite("docker run --init img /init");

        assertThat(rewrite.options()).contains("--init=true");
        assertThat(rewrite.appIsPid1()).isFalse();
    }

    @Test
    void whoIsPid1CanBeDecidedByTheUser() {
        assertThat(PidOne.APP.isApp("/app")).isTrue();
        assertThat(PidOne.LAUNCHER.isApp("/init")).isFalse();
    }

    @Test
    void sysctlsOfTheNetworkMoveAndTheOthersStay() {
        Rewrite rewrite =
                Lines.rewrite(
                        "docker run --sysctl net.core.somaxconn=9 --sysctl kernel.shmmax=1 img");

        assertThat(rewrite.sidecar().sysctls()).containsEntry("net.core.somaxconn", "9");
        assertThat(rewrite.options())
                .contains("--sysctl=kernel.shmmax=1")
                .noneMatch(option -> option.contains("somaxconn"));
    }

    @Test
    void nameserversOfTheUserGoToTheSidecarsOwnResolver() {
        Rewrite rewrite = Lines.rewrite("docker run --dns 9.9.9.9 --dns-search x.y img");

        assertThat(rewrite.nameservers()).containsExactly("9.9.9.9");
        assertThat(rewrite.sidecar().nameservers()).isEmpty();
        assertThat(rewrite.sidecar().searchDomains()).containsExactly("x.y");
    }

    @Test
    void pullHasBeenDoneWhenTheAppIsRun() {
        assertThat(Lines.rewrite("docker run --pull always img").appCommand())
                .noneMatch(word -> word.startsWith("--pull"));
    }

    @Test
    void theUsersVolumesStayAndOursComesLast() {
        List<String> options = Lines.rewrite("docker run --volumes-from db -v /a:/b img").options();

        assertThat(options).contains("--volume=/a:/b");
        assertThat(options.indexOf("--volumes-from=db"))
                .isLessThan(options.indexOf("--volumes-from=mirrord-s1-layer:ro"));
    }

    @Test
    void createStaysCreate() {
        ContainerCommand command = Lines.parse("docker create --name web img");

        assertThat(command.detached()).isTrue();
        assertThat(Lines.rewrite("docker container create --name web img").prefix())
                .containsExactly("docker", "create");
    }
}
