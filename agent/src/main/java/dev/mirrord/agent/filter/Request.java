package dev.mirrord.agent.filter;

import java.util.List;
import java.util.Locale;

/**
 * What filters see of a request.
 *
 * @param target path and query
 * @param headers each as {@code Name: value}
 */
public record Request(String method, String target, List<String> headers) {
    private static final String PROBE = "user-agent: kube-probe/";

    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The kubelet's probes say so themselves; so do those of gRPC. */
    boolean isProbe() {
        for (String header : headers) {
            if (header.length() > PROBE.length()
                    && header.substring(0, PROBE.length()).toLowerCase(Locale.ROOT).equals(PROBE)) {
                return true;
            }
        }
        return false;
    }
}
