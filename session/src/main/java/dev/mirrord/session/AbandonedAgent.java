package dev.mirrord.session;

import dev.mirrord.config.KubernetesConfig;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterOptions;
import dev.mirrord.session.kubernetes.placement.AgentJobs;
import dev.mirrord.session.kubernetes.placement.SessionLabels;
import java.io.File;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import java.util.stream.Collectors;

/**
 * Removes the agent of a session whose CLI was killed: a program of its own, which the watchdog
 * runs. Without it the agent would wait for the CLI to come back before it ends.
 */
public final class AbandonedAgent {
    /** A Job that was on its way when the CLI died is there by the second look. */
    private static final int SECOND_LOOK_SECONDS = 3;

    private AbandonedAgent() {}

    /** The program's command line; nothing in it is secret. */
    static List<String> command(SessionId id, MirrordConfig config) {
        KubernetesConfig kubernetes = config.kubernetes();
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                AbandonedAgent.class.getName(),
                id.value(),
                config.agent().namespace().orElse(""),
                kubernetes.kubeconfig().stream()
                        .map(Object::toString)
                        .collect(Collectors.joining(File.pathSeparator)),
                kubernetes.context().orElse(""),
                config.namespace().orElse(""),
                kubernetes.acceptInvalidCertificates().map(Object::toString).orElse(""),
                Boolean.toString(kubernetes.useProxy()));
    }

    /** As {@link #command} calls it; its one line of output is for the session's log. */
    public static void main(String[] words) throws InterruptedException {
        LogManager.getLogManager().reset();
        ClusterOptions options =
                new ClusterOptions(
                        given(words[2]).orElse(null),
                        given(words[3]).orElse(null),
                        given(words[4]).orElse(null),
                        given(words[5]).map(Boolean::valueOf).orElse(null),
                        Boolean.parseBoolean(words[6]),
                        System.getenv());
        try (Cluster cluster = Cluster.open(options)) {
            AgentJobs jobs = new AgentJobs(cluster, given(words[1]).orElseGet(cluster::namespace));
            boolean deleted = delete(jobs, words[0]);
            if (!deleted) {
                TimeUnit.SECONDS.sleep(SECOND_LOOK_SECONDS);
                deleted = delete(jobs, words[0]);
            }
            say(deleted ? "agent deleted" : "there is no agent", words[0]);
        } catch (ClusterFailure e) {
            say("the agent's Job could not be deleted; it ends by itself: " + e, words[0]);
        }
    }

    /** The first by its name, which takes no more than the right to delete; then all others. */
    private static boolean delete(AgentJobs jobs, String session) {
        boolean deleted = jobs.delete(SessionLabels.agentName(session, 1));
        for (AgentJobs.AgentJob other : jobs.ofSession(session)) {
            deleted |= jobs.delete(other.name());
        }
        return deleted;
    }

    private static Optional<String> given(String word) {
        return word.isEmpty() ? Optional.empty() : Optional.of(word);
    }

    private static void say(String what, String session) {
        System.out.println(
                Instant.now() + " the mirrord command was killed: " + what + " session=" + session);
    }
}
