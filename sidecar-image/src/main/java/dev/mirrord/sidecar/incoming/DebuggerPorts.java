package dev.mirrord.sidecar.incoming;

import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Customary ports of debuggers: JDWP 5005, debugpy 5678, node inspect 9229, delve 2345 and 40000. A
 * port that the target declares is the application's, whatever its number.
 */
public final class DebuggerPorts implements IntPredicate {
    private static final Set<Integer> CUSTOMARY = Set.of(2345, 5005, 5678, 9229, 40000);

    private volatile Set<Integer> declared = Set.of();

    public void declared(Set<Integer> ports) {
        declared = Set.copyOf(ports);
    }

    @Override
    public boolean test(int port) {
        return CUSTOMARY.contains(port) && !declared.contains(port);
    }
}
