package dev.mirrord.session.kubernetes.placement;

import java.util.regex.Pattern;

/**
 * Whose agent it is.
 *
 * @param session lower-case letters and digits: names are made of it
 * @param owner {@code USER@HOST}
 * @param agent its number in the session, from 1
 */
public record SessionLabels(String session, String owner, int agent) {

    /** The label that every object of a session has. */
    public static final String SESSION = "dev.mirrord/session";

    /** The label, in {@link #ownerLabel()}'s spelling, and the annotation, as it is. */
    public static final String OWNER = "dev.mirrord/owner";

    private static final int LONGEST = 63;
    private static final Pattern SESSION_ID = Pattern.compile("[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?");

    public SessionLabels {
        if (!SESSION_ID.matcher(session).matches()) {
            throw new IllegalArgumentException("session id '" + session + "'");
        }
    }

    /** Of the session's first agent. */
    public SessionLabels(String session, String owner) {
        this(session, owner, 1);
    }

    String agentName() {
        return agentName(session, agent);
    }

    /** The name of an agent's Job. */
    public static String agentName(String session, int agent) {
        return "mirrord-" + session + "-agent" + (agent == 1 ? "" : "-" + agent);
    }

    /** {@code USER_at_HOST} with what a label's value may not hold replaced by a dash. */
    public String ownerLabel() {
        String safe = owner.replace("@", "_at_").replaceAll("[^-A-Za-z0-9_.]", "-");
        String cut = safe.length() > LONGEST ? safe.substring(0, LONGEST) : safe;
        return cut.replaceAll("^[^A-Za-z0-9]+|[^A-Za-z0-9]+$", "");
    }
}
