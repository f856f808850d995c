package dev.mirrord.session.docker.command;

/** A flag as given: with the value that pflag would have set. */
public record Option<F extends Flag>(F flag, String value) {

    /** The same option in the one spelling that cannot be misread. */
    public String word() {
        return "--" + flag.longName() + "=" + value;
    }
}
