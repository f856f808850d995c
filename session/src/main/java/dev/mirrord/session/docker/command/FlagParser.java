package dev.mirrord.session.docker.command;

import dev.mirrord.config.Nearest;
import dev.mirrord.session.docker.CommandException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads leading flags off a list of words with the rules of pflag, the docker CLI's flag library,
 * with interspersed flags off: the first word that is no flag ends them, {@code --} ends them and
 * is dropped, {@code -} alone is no flag.
 */
final class FlagParser<F extends Flag> {

    /** What was read, and the words after it. */
    record Parsed<F extends Flag>(List<Option<F>> options, List<String> rest) {}

    /** Go's strconv.ParseBool. */
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

    private final String command;
    private final Collection<F> flags;

    /**
     * @param command as the user knows it, for messages: {@code docker run}
     */
    FlagParser(String command, Collection<F> flags) {
        this.command = command;
        this.flags = flags;
    }

    Parsed<F> parse(List<String> words) {
        List<Option<F>> options = new ArrayList<>();
        int next = 0;
        while (next < words.size()) {
            String word = words.get(next);
            if (word.length() < 2 || word.charAt(0) != '-') {
                break;
            }
            next++;
            if (word.equals("--")) {
                break;
            }
            next =
                    word.startsWith("--")
                            ? parseLong(word, words, next, options)
                            : parseShort(word, words, next, options);
        }
        return new Parsed<>(List.copyOf(options), List.copyOf(words.subList(next, words.size())));
    }

    private int parseLong(String word, List<String> words, int next, List<Option<F>> options) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        if (name.isEmpty() || name.startsWith("-")) {
            throw new CommandException("bad flag syntax: " + word);
        }
        F flag = byLongName(name).orElseThrow(() -> unknown("unknown flag: --" + name, name));
        if (equals >= 0) {
            options.add(option(flag, word.substring(equals + 1)));
            return next;
        }
        if (flag.kind() == FlagKind.BOOLEAN) {
            options.add(new Option<>(flag, "true"));
            return next;
        }
        options.add(option(flag, argument("--" + name, words, next)));
        return next + 1;
    }

    private int parseShort(String word, List<String> words, int next, List<Option<F>> options) {
        String bundle = word.substring(1);
        while (!bundle.isEmpty()) {
            char letter = bundle.charAt(0);
            F flag = byShortName(letter).orElseThrow(() -> unknownShort(letter, word));
            if (bundle.length() > 2 && bundle.charAt(1) == '=') {
                options.add(option(flag, bundle.substring(2)));
                return next;
            }
            if (flag.kind() == FlagKind.BOOLEAN) {
                options.add(new Option<>(flag, "true"));
                bundle = bundle.substring(1);
                continue;
            }
            if (bundle.length() > 1) {
                options.add(option(flag, bundle.substring(1)));
                return next;
            }
            options.add(option(flag, argument("'" + letter + "' in " + word, words, next)));
            return next + 1;
        }
        return next;
    }

    private String argument(String flag, List<String> words, int next) {
        if (next >= words.size()) {
            throw new CommandException("flag needs an argument: " + flag, seeHelp());
        }
        return words.get(next);
    }

    private Option<F> option(F flag, String value) {
        if (flag.kind() != FlagKind.BOOLEAN) {
            return new Option<>(flag, value);
        }
        if (TRUE.contains(value)) {
            return new Option<>(flag, "true");
        }
        if (FALSE.contains(value)) {
            return new Option<>(flag, "false");
        }
        throw new CommandException(
                "invalid argument \"%s\" for \"--%s\" flag: it is either true or false"
                        .formatted(value, flag.longName()));
    }

    private Optional<F> byLongName(String name) {
        return flags.stream().filter(flag -> flag.longName().equals(name)).findFirst();
    }

    private Optional<F> byShortName(char letter) {
        return flags.stream()
                .filter(flag -> flag.shortName() == letter && letter != Flag.NO_SHORT_NAME)
                .findFirst();
    }

    private CommandException unknownShort(char letter, String word) {
        return new CommandException(
                "unknown shorthand flag: '%s' in %s".formatted(letter, word), seeHelp());
    }

    private CommandException unknown(String message, String name) {
        List<String> names = flags.stream().map(Flag::longName).toList();
        String nearest =
                Nearest.near(name, names).map(found -> "Did you mean --" + found + "? ").orElse("");
        return new CommandException(message, nearest + seeHelp());
    }

    private String seeHelp() {
        return "See '" + command + " --help'.";
    }
}
