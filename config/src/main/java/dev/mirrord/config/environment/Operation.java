package dev.mirrord.config.environment;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What the launcher is to do to the container's environment (docs/protocol.md, CONTEXT). */
public sealed interface Operation {
    /** The entry's operation byte on the wire. */
    int code();

    /** The entry's bytes on the wire. */
    byte[] bytes();

    /**
     * Replaces the container's variable of that name.
     *
     * @param bytes {@code NAME=VALUE}
     */
    @SuppressWarnings("ArrayRecordComponent") // equals compares the content
    record Set(byte[] bytes) implements Operation {
        @Override
        public int code() {
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Set set && Arrays.equals(bytes, set.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Set[" + Variable.of(bytes).map(Variable::nameText).orElse("") + "]";
        }
    }

    /**
     * Removes the container's variable of that name.
     *
     * @param bytes {@code NAME}
     */
    @SuppressWarnings("ArrayRecordComponent") // equals compares the content
    record Unset(byte[] bytes) implements Operation {
        @Override
        public int code() {
            return 2;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Unset unset && Arrays.equals(bytes, unset.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Unset[" + new String(bytes, StandardCharsets.UTF_8) + "]";
        }
    }
}
