package dev.mirrord.sidecar.incoming;

import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Customary ports of debuggers: JDWP 5005, debugpy 5678, node inspect 9229, delve 2345 and 40000. A
 * port that the target declares is the application's, whatever its number, unless the app's command
 * line has a debugger listen there.
 */
public final class DebuggerPorts implements IntPredicate {
    private static final Set<Integer> CUSTOMARY = Set.of(2345, 5005, 5678, 9229, 40000);

    private final Set<Integer> named;
    private volatile Set<Integer> declared = Set.of();

    /**
     * @param named in the app's command line
     */
    public DebuggerPorts(Set<Integer> named) {
        this.named = Set.copyOf(named);
    }

    public void declared(Set<Integer> ports) {
        declared = Set.copyOf(ports);
    }

    @Override
    public boolean test(int port) {
        return named.contains(port) || (CUSTOMARY.contains(port) && !declared.contains(port));
    }
}
