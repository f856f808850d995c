package dev.mirrord.config.environment;

/** A dotenv file that cannot be read; the message starts with the line. */
public final class DotenvException extends Exception {
    DotenvException(int line, String problem) {
        super("line " + line + ": " + problem);
    }
}
