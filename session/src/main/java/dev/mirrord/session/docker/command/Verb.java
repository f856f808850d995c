package dev.mirrord.session.docker.command;

/** What the line does with the container it describes. */
public enum Verb {
    RUN("run"),
    CREATE("create");

    private final String word;

    Verb(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
