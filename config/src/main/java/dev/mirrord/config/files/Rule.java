package dev.mirrord.config.files;

import java.nio.charset.StandardCharsets;

/**
 * One line of a policy.
 *
 * @param operand a path, a part of one, or a regular expression; empty for what only the container
 *     knows
 * @param origin who says so, for the user
 */
public record Rule(Kind kind, Decision decision, String operand, String origin) {
    /** How the operand is compared; the codes are those of docs/protocol.md, section 2. */
    public enum Kind {
        EXACT(1),
        /** The path and what is below it. */
        TREE(2),
        ENDING(3),
        EXPRESSION(4),
        PART(5),
        /** The container's working directory, unless that is the root. */
        WORKING_DIRECTORY(6),
        /** A path below the app's HOME. */
        HOME_TREE(7),
        /** What begins with a dot in HOME. */
        HOME_HIDDEN(8),
        /** A volume or tmpfs that the user gave to the container. */
        MOUNT(9);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /** Whether it stands in the configuration. */
    boolean byUser() {
        return kind == Kind.EXPRESSION;
    }

    byte[] operandBytes() {
        return kind == Kind.EXPRESSION
                ? Expression.compile(operand).encode()
                : operand.getBytes(StandardCharsets.UTF_8);
    }

    /** For an absolute path without {@code //}, {@code .} and {@code ..}. */
    boolean matches(String path, ContainerFacts facts) {
        return switch (kind) {
            case EXACT -> path.equals(operand);
            case TREE -> inTree(path, operand);
            case ENDING -> path.endsWith(operand);
            case EXPRESSION -> Expression.compile(operand).find(path).isPresent();
            case PART -> path.contains(operand);
            case WORKING_DIRECTORY ->
                    facts.workingDirectory().startsWith("/")
                            && facts.workingDirectory().length() > 1
                            && inTree(path, facts.workingDirectory());
            case HOME_TREE ->
                    facts.home().length() > 1
                            && inTree(path, facts.home())
                            && inTree(path.substring(facts.home().length()), operand);
            case HOME_HIDDEN -> facts.home().length() > 1 && path.startsWith(facts.home() + "/.");
            case MOUNT -> facts.mounts().stream().anyMatch(mount -> inTree(path, mount));
        };
    }

    private static boolean inTree(String path, String root) {
        String tree = root.replaceFirst("/+$", "");
        return path.equals(tree) || path.startsWith(tree + "/");
    }
}
