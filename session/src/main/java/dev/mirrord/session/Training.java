package dev.mirrord.session;

import dev.mirrord.protocol.tls.SessionIdentity;
import java.util.List;

/**
 * Loads the classes of a session, for the AOT cache; talks to engine and cluster where there are
 * any.
 */
public final class Training {
    private Training() {}

    public static void run() {
        SessionIdentity.fromPem(SessionIdentity.generate("training").toPem());
        List<String> lines = VersionReport.lines();
        lines.forEach(System.out::println);
    }
}
