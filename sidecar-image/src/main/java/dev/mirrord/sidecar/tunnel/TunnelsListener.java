package dev.mirrord.sidecar.tunnel;

/** Hears of the tunnels as a whole; called on event loops. */
public interface TunnelsListener {
    /** One more tunnel can be used. */
    void onTunnel();

    /** There is no tunnel any more; one may come up again. */
    void onSilent();

    /** There is no tunnel any more, or there never was one in time; {@code text} says why. */
    void onLost(String text);
}
