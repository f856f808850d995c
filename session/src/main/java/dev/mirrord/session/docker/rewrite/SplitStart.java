package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.Option;
import dev.mirrord.session.docker.command.RunFlag;
import dev.mirrord.session.docker.command.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code docker run} as {@code docker create} and {@code docker start}, so that a later {@code
 * docker start} of the app says what to run instead.
 *
 * <p>An engine replaces the name in {@code --network container:NAME} by an id when the app is
 * created, <em>if</em> a container of that name exists then; once it is gone, the engine's message
 * shows 64 hexadecimal digits. Without such a container the name is kept, looked up at each start,
 * and shown when it is not found. So the order is: layer container, app (created), sidecar (created
 * and started), app (started); and the sidecar's name is the sentence. Seen with 20.10; the code of
 * 29 does the same.
 *
 * @param sidecar the same, with the name that speaks
 * @param create the app's line; it prints the container's id, as {@code docker run -d} does
 */
public record SplitStart(SidecarSpec sidecar, List<String> create, List<String> startPrefix) {

    /** Follows the usual name; reads as a sentence after "No such container: ". */
    public static final String SPEAKING_SUFFIX = ".run-mirrord-container-for-a-new-one";

    public SplitStart {
        create = List.copyOf(create);
        startPrefix = List.copyOf(startPrefix);
    }

    /**
     * Empty where create and start do not add up to the user's run: {@code --attach} and {@code
     * --sig-proxy=false} are unknown to start, and a detached container's standard input would be
     * closed by the first who attaches.
     */
    public static Optional<SplitStart> of(ContainerCommand command, Rewrite rewrite) {
        boolean run = command.verb() == Verb.RUN;
        boolean detached = command.on(RunFlag.DETACH);
        boolean signalsKept =
                command.last(RunFlag.SIG_PROXY).filter("false"::equals).isPresent() && !detached;
        if (run
                && (command.given(RunFlag.ATTACH)
                        || signalsKept
                        || (detached && command.on(RunFlag.INTERACTIVE)))) {
            return Optional.empty();
        }
        String speaking = rewrite.sidecar().name() + SPEAKING_SUFFIX;
        return Optional.of(
                new SplitStart(
                        rewrite.sidecar().named(speaking),
                        create(rewrite, speaking),
                        startPrefix(command)));
    }

    /** The line that starts what {@link #create} has made. */
    public List<String> start(String container) {
        List<String> words = new ArrayList<>(startPrefix);
        words.add(container);
        return words;
    }

    private static List<String> create(Rewrite rewrite, String speaking) {
        List<String> words =
                new ArrayList<>(rewrite.prefix().subList(0, rewrite.prefix().size() - 1));
        words.add(Verb.CREATE.word());
        String network = Rewriter.networkOption(rewrite.sidecar().name());
        for (String option : rewrite.options()) {
            if (!onlyOfRun(option)) {
                words.add(option.equals(network) ? Rewriter.networkOption(speaking) : option);
            }
        }
        words.addAll(rewrite.tail());
        return words;
    }

    private static boolean onlyOfRun(String option) {
        for (RunFlag flag : RunFlag.values()) {
            if (!flag.ofCreate() && option.startsWith("--" + flag.longName() + "=")) {
                return true;
            }
        }
        return false;
    }

    private static List<String> startPrefix(ContainerCommand command) {
        List<String> words = new ArrayList<>();
        words.add(command.program());
        words.addAll(command.globals().words());
        words.add("start");
        if (!command.detached()) {
            words.add("--attach");
            if (command.on(RunFlag.INTERACTIVE)) {
                words.add("--interactive");
            }
            command.last(RunFlag.DETACH_KEYS)
                    .map(keys -> new Option<>(RunFlag.DETACH_KEYS, keys).word())
                    .ifPresent(words::add);
        }
        return words;
    }
}
