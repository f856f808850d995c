package dev.mirrord.sidecar.capture;

import java.net.InetAddress;

/** Address text for rules and for people. */
public final class Addresses {
    private Addresses() {}

    /** Without a zone. */
    public static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
