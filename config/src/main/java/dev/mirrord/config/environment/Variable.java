package dev.mirrord.config.environment;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One variable. Arrays, since neither name nor value has a character set.
 *
 * @param name not empty, without {@code =}
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Variable(byte[] name, byte[] value) {

    static Variable of(String name, String value) {
        return new Variable(
                name.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    /** Empty for an entry that is no {@code NAME=VALUE}: a process may keep anything there. */
    static Optional<Variable> of(byte[] entry) {
        for (int i = 1; i < entry.length; i++) {
            if (entry[i] == '=') {
                byte[] name = Arrays.copyOfRange(entry, 0, i);
                byte[] value = Arrays.copyOfRange(entry, i + 1, entry.length);
                return Optional.of(new Variable(name, value));
            }
        }
        return Optional.empty();
    }

    /**
     * @param environ {@code NAME=VALUE} entries, each followed by a NUL (proc_pid_environ(5)); the
     *     last NUL may be missing
     */
    static List<Variable> all(byte[] environ) {
        List<Variable> variables = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= environ.length; i++) {
            if (i == environ.length || environ[i] == 0) {
                of(Arrays.copyOfRange(environ, start, i)).ifPresent(variables::add);
                start = i + 1;
            }
        }
        return variables;
    }

    /** A map key: one char for each byte of the name. */
    String key() {
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    String nameText() {
        return new String(name, StandardCharsets.UTF_8);
    }

    Variable with(String newValue) {
        return new Variable(name, newValue.getBytes(StandardCharsets.UTF_8));
    }

    byte[] entry() {
        byte[] entry = Arrays.copyOf(name, name.length + 1 + value.length);
        entry[name.length] = '=';
        System.arraycopy(value, 0, entry, name.length + 1, value.length);
        return entry;
    }
}
