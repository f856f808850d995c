package dev.mirrord.session.docker.command;

import dev.mirrord.session.docker.CommandException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What stands between {@code docker} and {@code run}: which engine, and how it is reached. */
public record GlobalOptions(List<Option<GlobalFlag>> options) {

    public static final GlobalOptions NONE = new GlobalOptions(List.of());

    public GlobalOptions {
        options = List.copyOf(options);
        long hosts = options.stream().filter(option -> option.flag() == GlobalFlag.HOST).count();
        if (hosts > 1) {
            throw new CommandException("specify only one -H");
        }
        if (hosts == 1 && last(options, GlobalFlag.CONTEXT).isPresent()) {
            throw new CommandException(
                    "conflicting options: cannot specify both --host and --context");
        }
    }

    public Optional<String> context() {
        return last(options, GlobalFlag.CONTEXT);
    }

    public Optional<String> host() {
        return last(options, GlobalFlag.HOST);
    }

    /** Folder of the client's configuration. */
    public Optional<String> config() {
        return last(options, GlobalFlag.CONFIG);
    }

    /** True where podman's client speaks to a service, not to its own store. */
    public boolean remote() {
        return Stream.of(GlobalFlag.URL, GlobalFlag.CONNECTION, GlobalFlag.IDENTITY)
                        .anyMatch(flag -> last(options, flag).isPresent())
                || last(options, GlobalFlag.REMOTE).filter("true"::equals).isPresent();
    }

    /** docker turns TLS on for {@code --tls}, and for {@code --tlsverify} whatever its value is. */
    public boolean tls() {
        return last(options, GlobalFlag.TLS).filter("true"::equals).isPresent()
                || last(options, GlobalFlag.TLSVERIFY).isPresent();
    }

    /** The same options for another command of the same engine. */
    public List<String> words() {
        return options.stream().map(Option::word).toList();
    }

    private static Optional<String> last(List<Option<GlobalFlag>> options, GlobalFlag flag) {
        return options.stream()
                .filter(option -> option.flag() == flag)
                .map(Option::value)
                .reduce((first, second) -> second);
    }
}
