package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.CommandException;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.RunFlag;
import java.util.List;
import java.util.stream.Stream;

/** What cannot be had together with a namespace that the sidecar owns. */
final class Refusals {

    private Refusals() {}

    static void check(ContainerCommand command) {
        command.all(RunFlag.NETWORK)
                .forEach(value -> network(NetworkParser.parse(command.runtime(), value).name()));
        command.last(RunFlag.POD).ifPresent(Refusals::pod);
        if (command.on(RunFlag.ROOTFS)) {
            throw new CommandException(
                    "--rootfs cannot be combined with a target: what the container executes is read"
                            + " from an image",
                    "Make an image of the folder: tar -C FOLDER -c . | podman import - NAME.");
        }
        command.last(RunFlag.UTS)
                .filter(value -> !value.isEmpty())
                .ifPresent(Refusals::utsNamespace);
        Stream.of(
                        targets(command.all(RunFlag.VOLUME), Refusals::volumeTarget),
                        targets(command.all(RunFlag.MOUNT), Refusals::mountTarget),
                        targets(command.all(RunFlag.TMPFS), Refusals::tmpfsTarget))
                .flatMap(List::stream)
                .filter(Refusals::ours)
                .findFirst()
                .ifPresent(Refusals::mountPoint);
    }

    private static void network(String name) {
        if (name.startsWith("container:") || name.startsWith("ns:")) {
            throw new CommandException(
                    "--network "
                            + name
                            + " cannot be combined with a target: the app's network namespace is"
                            + " the target's stand-in, and a container has only one",
                    "Leave it out. To reach that container, put both on one network:"
                            + " --network NAME.");
        }
        switch (name) {
            case "host" ->
                    throw new CommandException(
                            "--network host cannot be combined with a target: the app would have"
                                    + " the host's network, not the target's",
                            "Leave it out. Publish ports with -p; the host is reached as"
                                    + " host.docker.internal with --add-host"
                                    + " host.docker.internal:host-gateway.");
            case "none" ->
                    throw new CommandException(
                            "--network none cannot be combined with a target: the app's network is"
                                    + " the target's",
                            "Leave it out. To cut the app off, configure feature.network.outgoing"
                                    + " and feature.network.incoming to false.");
            default -> {}
        }
    }

    private static void pod(String name) {
        throw new CommandException(
                "--pod "
                        + name
                        + " cannot be combined with a target: the app's network namespace is the"
                        + " target's stand-in, not the pod's",
                "Leave it out. To reach the pod's containers, put both on one network: --network"
                        + " NAME.");
    }

    private static void utsNamespace(String value) {
        throw new CommandException(
                "--uts "
                        + value
                        + " cannot be combined with a target: the app's host name is the target's,"
                        + " not the host's",
                "Leave it out, or set a name with --hostname.");
    }

    private static void mountPoint(String target) {
        throw new CommandException(
                "nothing can be mounted at "
                        + target
                        + ": "
                        + SidecarSpec.LAYER_TARGET
                        + " is where the launcher is",
                "Mount it elsewhere.");
    }

    private static boolean ours(String target) {
        String path = target.replaceAll("/+", "/");
        return path.equals(SidecarSpec.LAYER_TARGET)
                || path.startsWith(SidecarSpec.LAYER_TARGET + "/");
    }

    private static List<String> targets(
            List<String> values, java.util.function.UnaryOperator<String> target) {
        return values.stream().map(target).toList();
    }

    /** {@code [source:]target[:options]}; a Windows drive before it changes nothing here. */
    private static String volumeTarget(String value) {
        String[] parts = value.split(":", -1);
        if (parts.length == 1) {
            return value;
        }
        return Stream.of(parts)
                .skip(1)
                .filter(part -> part.startsWith(SidecarSpec.LAYER_TARGET))
                .findFirst()
                .orElse("");
    }

    private static String mountTarget(String value) {
        return CsvLine.split(value).stream()
                .map(String::strip)
                .filter(field -> field.matches("(target|destination|dst)=.*"))
                .map(field -> field.substring(field.indexOf('=') + 1))
                .findFirst()
                .orElse("");
    }

    private static String tmpfsTarget(String value) {
        int colon = value.indexOf(':');
        return colon < 0 ? value : value.substring(0, colon);
    }
}
