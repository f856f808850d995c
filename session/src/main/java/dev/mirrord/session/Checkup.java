package dev.mirrord.session;

import java.util.List;
import java.util.stream.Stream;

/** Tells whether engine and cluster have what a session needs, and what to do where not. */
public final class Checkup {
    /** How much of the product a finding costs. */
    public enum Verdict {
        OK,
        /** A feature is lost. */
        WARNING,
        /** No session can run. */
        FAILED
    }

    /**
     * @param what was looked at
     * @param found in a few words
     * @param advice what to do; empty: nothing
     */
    public record Finding(Verdict verdict, String what, String found, String advice) {
        static Finding ok(String what, String found) {
            return new Finding(Verdict.OK, what, found, "");
        }

        static Finding warning(String what, String found, String advice) {
            return new Finding(Verdict.WARNING, what, found, advice);
        }

        static Finding failed(String what, String found, String advice) {
            return new Finding(Verdict.FAILED, what, found, advice);
        }
    }

    private Checkup() {}

    /**
     * Looks at both, side by side.
     *
     * @param client of the engine: {@code docker}, {@code podman}, or the path of one
     */
    public static List<Finding> run(ClusterChoice choice, String client) {
        var cluster = Background.start("cluster", () -> ClusterCheckup.run(choice));
        var engine =
                Background.start("engine", () -> EngineCheckup.run(client, Product.SIDECAR_IMAGE));
        return Stream.concat(engine.join().stream(), cluster.join().stream()).toList();
    }
}
