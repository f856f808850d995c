package dev.mirrord.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the command line's flags set; it wins over every other source. */
public final class Overrides {
    private final List<Typed<?>> entries = new ArrayList<>();

    private record Typed<T>(Key<T> key, T value, String flag) {}

    private record Unread<T>(Key<T> key, String text, String flag) {}

    private final List<Unread<?>> texts = new ArrayList<>();

    /**
     * @param flag as the user typed it, for messages: {@code --no-remote-dns}
     */
    public <T> Overrides set(Key<T> key, T value, String flag) {
        entries.add(new Typed<>(key, value, flag));
        return this;
    }

    /**
     * @param text in the form of the key's environment variable
     */
    public Overrides parse(Key<?> key, String text, String flag) {
        texts.add(new Unread<>(key, text, flag));
        return this;
    }

    /** The same for a flag that may not have been given. */
    public void parseIfGiven(Key<?> key, @Nullable Object value, String flag) {
        if (value != null) {
            parse(key, value.toString(), flag);
        }
    }

    /** What was given to {@link #parse} for this option. */
    Optional<String> textOf(Key<?> key) {
        return texts.stream().filter(each -> each.key().equals(key)).map(Unread::text).findFirst();
    }

    void addTo(Settings settings, Problems problems) {
        entries.forEach(entry -> add(entry, settings));
        texts.forEach(text -> parse(text, settings, problems));
    }

    private static <T> void add(Typed<T> entry, Settings settings) {
        settings.put(entry.key(), entry.value(), entry.flag());
    }

    private static <T> void parse(Unread<T> entry, Settings settings, Problems problems) {
        try {
            T value = entry.key().type().parse(entry.text());
            settings.put(entry.key(), value, entry.text(), entry.flag());
        } catch (WrongValue e) {
            problems.error(entry.flag() + ": " + entry.key() + " " + e.getMessage());
        }
    }
}
