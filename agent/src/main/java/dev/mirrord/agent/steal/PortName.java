package dev.mirrord.agent.steal;

import dev.mirrord.agent.incoming.SubscriptionRefused;
import dev.mirrord.agent.steal.NftShell.NftException;
import dev.mirrord.linux.Errno;
import java.io.IOException;

/** The table that says whose a port is; one agent of the namespace can have it. */
final class PortName {
    private PortName() {}

    /**
     * Takes it.
     *
     * @param command creates the table
     * @param question lists it
     * @throws SubscriptionRefused with the holder's name when another agent has it
     */
    static void take(NftShell shell, String command, String question)
            throws SubscriptionRefused, IOException {
        try {
            shell.run(command);
        } catch (NftException e) {
            if (!isTaken(e)) {
                throw e;
            }
            throw new SubscriptionRefused(
                    Errno.EBUSY, holder(shell, question) + " steals it in another session");
        }
    }

    /** The table is there and has another owner. */
    private static boolean isTaken(NftException e) {
        String said = String.valueOf(e.getMessage());
        return said.contains("File exists") || said.contains("Operation not permitted");
    }

    private static String holder(NftShell shell, String question) throws IOException {
        try {
            return NftScript.owner(shell.ask(question)).orElse("somebody");
        } catch (NftException e) {
            return "somebody"; // who has let it go just now
        }
    }
}
