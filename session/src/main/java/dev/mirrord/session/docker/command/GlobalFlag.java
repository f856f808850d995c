package dev.mirrord.session.docker.command;

import static dev.mirrord.session.docker.command.FlagKind.BOOLEAN;
import static dev.mirrord.session.docker.command.FlagKind.LIST;
import static dev.mirrord.session.docker.command.FlagKind.VALUE;

/** The flags that stand between {@code docker} and {@code run}. */
public enum GlobalFlag implements Flag {
    CONFIG("config", NO_SHORT_NAME, VALUE),
    CONTEXT("context", 'c', VALUE),
    DEBUG("debug", 'D', BOOLEAN),
    HELP("help", NO_SHORT_NAME, BOOLEAN),
    HOST("host", 'H', LIST),
    LOG_LEVEL("log-level", 'l', VALUE),
    TLS("tls", NO_SHORT_NAME, BOOLEAN),
    TLSCACERT("tlscacert", NO_SHORT_NAME, VALUE),
    TLSCERT("tlscert", NO_SHORT_NAME, VALUE),
    TLSKEY("tlskey", NO_SHORT_NAME, VALUE),
    TLSVERIFY("tlsverify", NO_SHORT_NAME, BOOLEAN),
    VERSION("version", 'v', BOOLEAN);

    private final String longName;
    private final char shortName;
    private final FlagKind kind;

    GlobalFlag(String longName, char shortName, FlagKind kind) {
        this.longName = longName;
        this.shortName = shortName;
        this.kind = kind;
    }

    @Override
    public String longName() {
        return longName;
    }

    @Override
    public char shortName() {
        return shortName;
    }

    @Override
    public FlagKind kind() {
        return kind;
    }
}
