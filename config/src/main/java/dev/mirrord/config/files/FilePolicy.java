package dev.mirrord.config.files;

import dev.mirrord.config.files.Rule.Kind;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules in the order of decision: mapping, then {@code not_found}, {@code read_write}, {@code
 * read_only}, {@code local}, the user's mounts, the target's mounts, the built-in lists, the mode.
 */
public final class FilePolicy {
    private static final int VERSION = 1;

    private final Map<String, String> mapping;
    private final List<Rule> rules;
    private final Decision otherwise;
    private final FileMode mode;

    /**
     * @param path as it is served, another than what was asked for where a mapping matches
     * @param rule empty when only the mode decides
     */
    public record Verdict(
            Decision decision, String path, Optional<Rule> rule, Optional<String> mapping) {}

    private FilePolicy(FileRules rules, List<TargetMount> mounts) {
        this.mode = rules.mode();
        this.mapping = rules.wanted() ? rules.mapping() : new LinkedHashMap<>();
        this.rules = rules.wanted() ? ordered(rules, mounts) : List.of();
        this.otherwise =
                switch (rules.mode()) {
                    case READ -> Decision.READ;
                    case WRITE -> Decision.WRITE;
                    case LOCAL, LOCALWITHOVERRIDES -> Decision.LOCAL;
                };
    }

    /** For a target with these volumes. */
    public static FilePolicy of(FileRules rules, List<TargetMount> mounts) {
        return new FilePolicy(rules, mounts);
    }

    /**
     * @throws IllegalArgumentException a sentence
     */
    public static void checkMapping(String expression, String replacement) {
        Expression.compile(expression);
        Replacement.parse(replacement);
    }

    private static List<Rule> ordered(FileRules user, List<TargetMount> mounts) {
        List<Rule> all = new ArrayList<>();
        add(all, user.notFound(), Decision.NOT_FOUND, "feature.fs.not_found");
        add(all, user.readWrite(), Decision.READ_WRITE, "feature.fs.read_write");
        add(all, user.readOnly(), Decision.READ_ONLY, "feature.fs.read_only");
        add(all, user.local(), Decision.LOCAL, "feature.fs.local");
        all.add(new Rule(Kind.MOUNT, Decision.LOCAL, "", "a volume that the user mounted"));
        if (user.autoMount()) {
            for (TargetMount mount : mounts) {
                all.add(
                        new Rule(
                                Kind.TREE,
                                ofVolume(mount, user.mode()),
                                mount.path(),
                                "feature.magic.auto_mount: a volume of the target"));
            }
        }
        all.addAll(BuiltInRules.all());
        return List.copyOf(all);
    }

    /** What the target may write to is as the mode says: never refused. */
    private static Decision ofVolume(TargetMount mount, FileMode mode) {
        if (mount.fixed()) {
            return Decision.READ_ONLY;
        }
        return mode == FileMode.WRITE ? Decision.WRITE : Decision.READ;
    }

    private static void add(
            List<Rule> all, List<String> patterns, Decision decision, String origin) {
        for (String pattern : patterns) {
            all.add(new Rule(Kind.EXPRESSION, decision, pattern, origin));
        }
    }

    public FileMode mode() {
        return mode;
    }

    /** For an absolute path. */
    public Verdict decide(String path, ContainerFacts facts) {
        String served = path;
        Optional<String> by = Optional.empty();
        for (Map.Entry<String, String> entry : mapping.entrySet()) {
            Optional<String> mapped =
                    Replacement.parse(entry.getValue())
                            .apply(Expression.compile(entry.getKey()), plain(path));
            if (mapped.isPresent()) {
                served = mapped.get().startsWith("/") ? mapped.get() : path;
                by = Optional.of(entry.getKey());
                break;
            }
        }
        String plain = plain(served);
        for (Rule rule : rules) {
            if (rule.matches(plain, facts)) {
                return new Verdict(rule.decision(), served, Optional.of(rule), by);
            }
        }
        return new Verdict(otherwise, served, Optional.empty(), by);
    }

    /** Without {@code //}, {@code .}, {@code ..} and a slash at the end. */
    static String plain(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/")) {
            if (part.equals("..")) {
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return "/" + String.join("/", parts);
    }

    /** What the launcher reads (docs/protocol.md, section 2). */
    public byte[] encode() {
        return encode(List.of());
    }

    /**
     * @param unixStreams expressions for unix sockets that are the target's
     */
    public byte[] encode(List<String> unixStreams) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeByte(otherwise.code());
            out.writeShort(mapping.size());
            for (Map.Entry<String, String> entry : mapping.entrySet()) {
                write(out, Expression.compile(entry.getKey()).encode());
                write(out, Replacement.parse(entry.getValue()).encode());
            }
            out.writeShort(rules.size());
            for (Rule rule : rules) {
                out.writeByte(rule.kind().code());
                out.writeByte(rule.decision().code());
                write(out, rule.operandBytes());
            }
            if (!unixStreams.isEmpty()) {
                out.writeShort(unixStreams.size());
                for (String expression : unixStreams) {
                    write(out, Expression.compile(expression).encode());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, byte[] part) throws IOException {
        out.writeShort(part.length);
        out.write(part);
    }
}
