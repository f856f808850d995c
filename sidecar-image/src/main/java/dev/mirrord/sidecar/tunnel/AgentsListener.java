package dev.mirrord.sidecar.tunnel;

/** Hears of the agents; called on event loops. */
public interface AgentsListener {
    /** One more tunnel can be used. */
    void onTunnel();

    /** An agent does not come back; {@code text} says why. It is removed already. */
    void onLost(Agent agent, boolean wasPrimary, String text);

    /** An agent has no tunnel, and may come back; another answers meanwhile. */
    void onSilent(Agent agent);
}
