package dev.mirrord.config;

import dev.mirrord.config.files.FileMode;
import dev.mirrord.config.source.Location;
import dev.mirrord.config.source.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Booleans and strings that stand where an object may stand. */
final class Shorthands {
    private static final Shape SWITCH = new Shape.Bool();
    private static final SequencedMap<String, Shape> SHAPES = shapes();

    private Shorthands() {}

    private static SequencedMap<String, Shape> shapes() {
        SequencedMap<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("target", new Shape.Text());
        shapes.put("feature.env", SWITCH);
        shapes.put("feature.fs", new Shape.Either(SWITCH, Keys.FILE_MODE.type().shape()));
        shapes.put("feature.network", SWITCH);
        shapes.put("feature.network.dns", SWITCH);
        shapes.put("feature.network.outgoing", SWITCH);
        shapes.put(
                "feature.network.incoming",
                new Shape.Either(SWITCH, Keys.INCOMING_MODE.type().shape()));
        shapes.put("feature.network.incoming.http_filter", SWITCH);
        return Collections.unmodifiableSequencedMap(shapes);
    }

    /** What may stand in place of the table at each of these paths. */
    static SequencedMap<String, Shape> all() {
        return SHAPES;
    }

    /** What a table at this path may be replaced by; empty if by nothing. */
    static Optional<Shape> at(String path) {
        return Optional.ofNullable(SHAPES.get(path));
    }

    /**
     * @return false if the value is no shorthand of that path
     */
    static boolean put(String path, Value value, Settings settings) throws WrongValue {
        String origin = value.location().toString();
        return switch (value) {
            case Value.Text _ when path.equals("target") -> {
                settings.put(Keys.TARGET, Keys.TARGET.type().read(value), origin);
                yield true;
            }
            case Value.Text _ when path.equals("feature.network.incoming") -> {
                settings.put(Keys.INCOMING_MODE, Keys.INCOMING_MODE.type().read(value), origin);
                yield true;
            }
            case Value.Text _ when path.equals("feature.fs") -> {
                settings.put(Keys.FILE_MODE, Keys.FILE_MODE.type().read(value), origin);
                yield true;
            }
            case Value.Bool bool when SHAPES.containsKey(path) && !path.equals("target") -> {
                put(path, bool.value(), settings, origin);
                yield true;
            }
            default -> false;
        };
    }

    private static void put(String path, boolean on, Settings settings, String origin) {
        switch (path) {
            case "feature.env" -> {
                if (!on) {
                    settings.put(Keys.ENV_INCLUDE, List.of(), origin);
                }
            }
            case "feature.fs" ->
                    settings.put(Keys.FILE_MODE, on ? FileMode.READ : FileMode.LOCAL, origin);
            case "feature.network" -> {
                put("feature.network.dns", on, settings, origin);
                put("feature.network.outgoing", on, settings, origin);
                put("feature.network.incoming", on, settings, origin);
            }
            case "feature.network.dns" -> settings.put(Keys.DNS, on, origin);
            case "feature.network.outgoing" -> {
                settings.put(Keys.OUTGOING_TCP, on, origin);
                settings.put(Keys.OUTGOING_UDP, on, origin);
            }
            case "feature.network.incoming.http_filter" -> {
                // On without a condition is none.
            }
            case "feature.network.incoming" ->
                    settings.put(
                            Keys.INCOMING_MODE,
                            on ? IncomingMode.MIRROR : IncomingMode.OFF,
                            origin);
            default -> throw new IllegalArgumentException(path);
        }
    }

    /** {@code target: {pod: …, namespace: …}} as {@code target: {path: {pod: …}, namespace: …}}. */
    static Value target(Value target) {
        if (!(target instanceof Value.Table table) || table.entries().containsKey("path")) {
            return target;
        }
        Location at = table.location();
        Map<String, Value> path = new LinkedHashMap<>(table.entries());
        Value namespace = path.remove("namespace");
        Map<String, Value> entries = new LinkedHashMap<>();
        if (!path.isEmpty()) {
            entries.put("path", new Value.Table(at, path));
        }
        if (namespace != null) {
            entries.put("namespace", namespace);
        }
        return new Value.Table(at, entries);
    }
}
