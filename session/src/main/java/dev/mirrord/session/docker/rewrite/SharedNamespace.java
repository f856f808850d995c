package dev.mirrord.session.docker.rewrite;

import java.util.ArrayList;
import java.util.List;

/**
 * The sidecar's network as podman's client is told of it: by paths, once the sidecar runs. Podman
 * knows {@code --network container:NAME} too, but makes the app depend on the sidecar then: neither
 * can a name be given that is not there yet, nor can the sidecar be removed before the app.
 *
 * @param path of the network namespace
 * @param resolvConf the sidecar's own file, on the engine's host
 * @param hosts the sidecar's own file, on the engine's host
 * @param hostname the sidecar's
 */
public record SharedNamespace(String path, String resolvConf, String hosts, String hostname) {

    /** Stands for one that is not there, in lines that are only shown. */
    public static final SharedNamespace SHOWN =
            new SharedNamespace(
                    "NAMESPACE-OF-THE-SIDECAR",
                    "RESOLV-CONF-OF-THE-SIDECAR",
                    "HOSTS-OF-THE-SIDECAR",
                    "HOSTNAME-OF-THE-SIDECAR");

    /**
     * Of the app's line.
     *
     * @param others of the line: a file that the user has put there stays
     */
    List<String> options(List<String> others) {
        List<String> options = new ArrayList<>(List.of("--network=ns:" + path));
        mount(resolvConf, "/etc/resolv.conf", others, options);
        mount(hosts, "/etc/hosts", others, options);
        options.add("--hostname=" + hostname);
        return options;
    }

    private static void mount(
            String source, String target, List<String> others, List<String> options) {
        if (others.stream()
                .noneMatch(
                        option -> option.matches("--(volume|mount)=.*[:=]" + target + "\\b.*"))) {
            options.add("--volume=" + source + ":" + target);
        }
    }
}
