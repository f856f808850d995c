package dev.mirrord.session;

import dev.mirrord.session.docker.engine.Engine;
import dev.mirrord.session.docker.engine.Leftover;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.placement.AgentJobs;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What sessions of this user on this machine have left: things with their label whose process is
 * dead. A user's own container stays unless it never ran.
 */
public final class Remains {
    private final Set<String> alive =
            SessionState.all().stream()
                    .filter(session -> session.server().isPresent())
                    .map(SessionState::id)
                    .collect(Collectors.toSet());
    private final boolean dryRun;
    private final PrintStream out;
    private int count;

    /**
     * @param dryRun name them only
     */
    public Remains(boolean dryRun, PrintStream out) {
        this.dryRun = dryRun;
        this.out = out;
    }

    /** How many things were there. */
    public int count() {
        return count;
    }

    /**
     * Containers and volumes of the engine that a client would use.
     *
     * @param client {@code docker}, {@code podman}, or the path of one
     */
    public void removeFromEngine(String client) {
        try (Engine engine = Engine.ofEnvironment(client)) {
            String me = Product.owner();
            for (Leftover.Container left : engine.containers().containersOf(me)) {
                if (isOver(left.session()) && (left.ours() || left.state().equals("created"))) {
                    remove("container", left.name(), () -> engine.containers().remove(left.id()));
                }
            }
            for (Leftover.Volume left : engine.containers().unusedVolumesOf(me)) {
                if (isOver(left.session())) {
                    remove(
                            "volume",
                            left.name(),
                            () -> engine.containers().removeVolume(left.name()));
                }
            }
        } catch (RuntimeException failure) {
            throw SessionFailures.of(failure);
        }
    }

    /** Agents in the chosen namespace, or in all. */
    public void removeFromCluster(ClusterChoice choice, boolean everywhere) {
        try (Cluster cluster = Cluster.open(choice.options())) {
            List<AgentJobs.AgentJob> agents =
                    everywhere
                            ? AgentJobs.everywhere(cluster)
                            : new AgentJobs(cluster, cluster.namespace()).list();
            for (AgentJobs.AgentJob agent : agents) {
                if (agent.owner().equals(Product.owner()) && isOver(agent.session())) {
                    remove(
                            "agent",
                            agent.namespace() + "/" + agent.name(),
                            () -> new AgentJobs(cluster, agent.namespace()).delete(agent.name()));
                }
            }
        } catch (RuntimeException failure) {
            throw SessionFailures.of(failure);
        }
    }

    private boolean isOver(String session) {
        return !alive.contains(session);
    }

    private void remove(String kind, String name, Runnable removal) {
        if (!dryRun) {
            removal.run();
        }
        count++;
        out.printf("%s %s%s%n", kind, name, dryRun ? "" : ": removed");
    }
}
