package dev.mirrord.protocol.files;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A name or a path: any bytes but NUL. Paths are relative to the target's root. */
public final class PathBytes {
    /** The target's root. */
    public static final PathBytes ROOT = new PathBytes(new byte[0]);

    private final byte[] bytes;
    private final int hash;

    /** Takes {@code bytes} over. */
    public PathBytes(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    public static PathBytes of(String text) {
        return new PathBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return bytes.length;
    }

    /** The path of {@code name} in this directory. */
    public PathBytes resolve(PathBytes name) {
        if (bytes.length == 0) {
            return name;
        }
        byte[] all = Arrays.copyOf(bytes, bytes.length + 1 + name.bytes.length);
        all[bytes.length] = '/';
        System.arraycopy(name.bytes, 0, all, bytes.length + 1, name.bytes.length);
        return new PathBytes(all);
    }

    /** All but the last name; the root for a single name. */
    public PathBytes parent() {
        int slash = lastSlash();
        return slash < 0 ? ROOT : new PathBytes(Arrays.copyOf(bytes, slash));
    }

    /** The last name. */
    public PathBytes name() {
        return new PathBytes(Arrays.copyOfRange(bytes, lastSlash() + 1, bytes.length));
    }

    private int lastSlash() {
        int at = bytes.length - 1;
        while (at >= 0 && bytes[at] != '/') {
            at--;
        }
        return at;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathBytes that
                && hash == that.hash
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** For people: what is not UTF-8 is lost. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
