package dev.mirrord.config.source;

/**
 * Where a value was written.
 *
 * @param line from 1; 0 when the format's parser does not tell
 */
public record Location(String file, int line, int column) {
    public static Location of(String file) {
        return new Location(file, 0, 0);
    }

    @Override
    public String toString() {
        return line > 0 ? file + ":" + line + ":" + column : file;
    }
}
