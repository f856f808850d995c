package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.ContainerRuntime;
import dev.mirrord.session.docker.command.Option;
import dev.mirrord.session.docker.command.RunFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** From the user's line to the app's line and the sidecar. */
public final class Rewriter {

    /** The layer's launcher, in every container that has the layer. */
    public static final String LAUNCHER = SidecarSpec.LAYER_TARGET + "/run";

    private Rewriter() {}

    /**
     * @param imageHas whether the image has a file at a path; asked only for an exec-form health
     *     check
     * @throws dev.mirrord.session.docker.CommandException for what cannot be done in a shared
     *     namespace, and for what docker itself would refuse among the options that move
     */
    public static Rewrite rewrite(
            ContainerCommand command,
            ImageConfig image,
            SessionFacts facts,
            Predicate<String> imageHas) {
        Refusals.check(command);
        List<String> program = EffectiveCommand.of(command, image);
        SidecarSpec sidecar = SidecarOptions.of(command, image, facts);
        List<String> notices = new ArrayList<>();
        List<String> execHealthCheck = new ArrayList<>();
        List<String> options = keptOptions(command);
        switch (HealthCheck.of(command, image, imageHas)) {
            case HealthCheck.Outcome.Unchanged() -> {}
            case HealthCheck.Outcome.Line(String line) -> options.add("--health-cmd=" + line);
            case HealthCheck.Outcome.Exec(List<String> words) -> {
                if (command.runtime() == ContainerRuntime.PODMAN) {
                    options.add("--health-cmd=" + JsonList.of(words)); // podman's exec form
                } else {
                    execHealthCheck.addAll(words);
                }
            }
            case HealthCheck.Outcome.Outside(String notice) -> {
                command.last(RunFlag.HEALTH_CMD)
                        .ifPresent(line -> options.add("--health-cmd=" + line));
                notices.add(notice);
            }
        }
        options.addAll(ourOptions(facts));
        boolean appIsPid1 = !command.on(RunFlag.INIT) && facts.pidOne().isApp(program.getFirst());
        return new Rewrite(
                sidecar,
                prefix(command),
                options,
                tail(command, program, appIsPid1),
                program,
                command.all(RunFlag.DNS),
                appIsPid1,
                execHealthCheck,
                notices);
    }

    private static List<String> prefix(ContainerCommand command) {
        List<String> words = new ArrayList<>();
        words.add(command.program());
        words.addAll(command.globals().words());
        words.add(command.verb().word());
        return words;
    }

    private static List<String> keptOptions(ContainerCommand command) {
        List<String> words = new ArrayList<>();
        for (Option<RunFlag> option : command.options()) {
            boolean kept =
                    switch (option.flag().placement()) {
                        case APP, BOTH -> true;
                        case SIDECAR -> false;
                        case REWRITTEN ->
                                option.flag() == RunFlag.NO_HEALTHCHECK
                                        || (option.flag() == RunFlag.SYSCTL
                                                && !SidecarOptions.ofNamespace(option.value()));
                    };
            if (kept) {
                words.add(option.word());
            }
        }
        return words;
    }

    /** After the user's: the last volume at a path wins. */
    private static List<String> ourOptions(SessionFacts facts) {
        List<String> words = new ArrayList<>();
        for (Map.Entry<String, String> label : facts.labels().entrySet()) {
            words.add("--label=" + label.getKey() + "=" + label.getValue());
        }
        words.add(networkOption(facts.sidecarName()));
        words.add("--volumes-from=" + facts.layerName() + ":ro");
        words.add("--entrypoint=" + LAUNCHER);
        return words;
    }

    static String networkOption(String sidecar) {
        return "--network=container:" + sidecar;
    }

    private static List<String> tail(
            ContainerCommand command, List<String> program, boolean appIsPid1) {
        List<String> words = new ArrayList<>();
        words.add(command.image());
        words.add("--main");
        if (appIsPid1) {
            words.add("--pid1-app");
        }
        words.add("--");
        words.addAll(program);
        return words;
    }
}
