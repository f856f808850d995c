package dev.mirrord.session.docker.rewrite;

import java.util.Map;
import java.util.TreeMap;

/** The two labels on everything that a session makes. */
public final class Labels {

    public static final String SESSION = "dev.mirrord/session";
    public static final String OWNER = "dev.mirrord/owner";

    private Labels() {}

    /** Sorted, so that lines and bodies made of them are stable. */
    public static Map<String, String> of(String session, String owner) {
        return new TreeMap<>(Map.of(SESSION, session, OWNER, owner));
    }
}
