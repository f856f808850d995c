package dev.mirrord.agent.steal;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.incoming.SubscriptionRefused;
import dev.mirrord.agent.passing.Passing;
import dev.mirrord.agent.steal.NftShell.NftException;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/** The agent's table in the kernel, and its places at ports. Blocking; belongs to one thread. */
final class StealTable {
    /** So many others may take the place that was just free. */
    private static final int MOST_TRIES = 20;

    private final NftShell shell;
    private final NftScript script;
    private final Takeover takeover;
    private final Set<Integer> places = new TreeSet<>();

    private StealTable(NftShell shell, NftScript script, Takeover takeover) {
        this.shell = shell;
        this.script = script;
        this.takeover = takeover;
        if (takeover == Takeover.REDIRECT) {
            places.add(Passing.LAST);
        }
    }

    /** Makes it in the network namespace of the calling thread. */
    static StealTable create(int listenerPort) throws IOException {
        NftScript script = new NftScript(listenerPort);
        NftShell shell = NftShell.start();
        try {
            StealTable table = new StealTable(shell, script, create(shell, script));
            table.renew();
            return table;
        } catch (IOException e) {
            shell.close();
            throw e;
        }
    }

    private static Takeover create(NftShell shell, NftScript script) throws IOException {
        try {
            shell.run(script.create(Takeover.TPROXY));
            return Takeover.TPROXY;
        } catch (NftException e) {
            AgentLog.info("no TPROXY in this kernel", "why", e.getMessage());
            shell.run(script.create(Takeover.REDIRECT));
            return Takeover.REDIRECT;
        }
    }

    /** True if all of a port is taken at this place: nobody comes after it. */
    boolean isFor(int place, boolean whole) {
        return (place == Passing.LAST) == (whole || takeover == Takeover.REDIRECT);
    }

    /**
     * Takes a port over.
     *
     * @param whole not only what a filter chooses
     * @param before hears of the place before the first connection comes
     * @return the place
     */
    int take(int port, boolean whole, String owner, IntConsumer before)
            throws SubscriptionRefused, IOException {
        for (int tries = 0; ; tries++) {
            int place =
                    isFor(Passing.LAST, whole)
                            ? Passing.LAST
                            : NftScript.freePlace(shell.ask("list tables"), port);
            before.accept(place);
            try {
                PortName.take(shell, addPort(port, place, owner), NftScript.lookUp(port, place));
                places.add(place);
                return place;
            } catch (SubscriptionRefused taken) {
                if (place == Passing.LAST || tries == MOST_TRIES) {
                    throw taken;
                }
            }
        }
    }

    private String addPort(int port, int place, String owner) {
        String add = script.addPort(port, place, owner);
        return places.contains(place) ? add : script.addPlace(place) + " ; " + add;
    }

    void release(int port, int place) throws IOException {
        shell.run(script.removePort(port, place));
    }

    /** What passes through goes on. */
    void takeNothingMore() throws IOException {
        for (int place : places) {
            shell.run(script.removeAllPorts(place));
        }
    }

    /** The sign of life. */
    void renew() throws IOException {
        shell.run(script.renew());
    }

    /**
     * True when no agent has a table in the network namespace of the calling thread: to be asked
     * after its own is closed, since several agents may end at the same time.
     */
    static boolean areAllGone() throws IOException {
        try (NftShell shell = NftShell.start()) {
            return !NftScript.hasTables(shell.ask("list tables"));
        }
    }

    /** Ends the table, and all places with it. */
    void close() {
        shell.close();
    }
}
