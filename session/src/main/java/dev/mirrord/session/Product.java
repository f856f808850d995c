package dev.mirrord.session;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Names and numbers of this build. */
public final class Product {
    public static final String VERSION = "0.1.0";
    static final String SIDECAR_IMAGE = "mirrord-sidecar:" + VERSION;
    static final String AGENT_IMAGE = "mirrord-agent";

    private Product() {}

    /** The image of this version's sidecar. */
    public static String sidecarImage() {
        return SIDECAR_IMAGE;
    }

    /** {@code USER@HOST}, in the label of everything that a session makes. */
    static String owner() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        return System.getProperty("user.name") + "@" + host;
    }
}
