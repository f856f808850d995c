package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.command.Verb;
import java.util.ArrayList;
import java.util.List;

/**
 * What the user's line has become.
 *
 * @param prefix program, global options and verb: {@code docker --context=x run}
 * @param options of the app's line, ours included
 * @param tail image and arguments
 * @param program what the container would have executed without us
 * @param nameservers the user's {@code --dns}, for the sidecar's own resolver
 * @param appIsPid1 the app, not its launcher, is PID 1: supervision is off
 * @param execHealthCheck a health check that no option of the line can say; empty for none
 * @param notices lines for the user
 */
public record Rewrite(
        SidecarSpec sidecar,
        List<String> prefix,
        List<String> options,
        List<String> tail,
        List<String> program,
        List<String> nameservers,
        boolean appIsPid1,
        List<String> execHealthCheck,
        List<String> notices) {

    public Rewrite {
        prefix = List.copyOf(prefix);
        options = List.copyOf(options);
        tail = List.copyOf(tail);
        program = List.copyOf(program);
        nameservers = List.copyOf(nameservers);
        execHealthCheck = List.copyOf(execHealthCheck);
        notices = List.copyOf(notices);
    }

    /** The same with the sidecar's namespace named by its paths, not by the sidecar's name. */
    public Rewrite joined(SharedNamespace namespace) {
        String byName = Rewriter.networkOption(sidecar.name());
        List<String> joined = new ArrayList<>();
        for (String option : options) {
            if (option.equals(byName)) {
                joined.addAll(namespace.options(options));
            } else {
                joined.add(option);
            }
        }
        return new Rewrite(
                sidecar,
                prefix,
                joined,
                tail,
                program,
                nameservers,
                appIsPid1,
                execHealthCheck,
                notices);
    }

    /** Whether the line only creates the app. */
    public boolean creates() {
        return prefix.getLast().equals(Verb.CREATE.word());
    }

    /** The line that runs (or creates) the app. */
    public List<String> appCommand() {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(options);
        words.addAll(tail);
        return List.copyOf(words);
    }
}
