package dev.mirrord.session;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Prints what arrives at the target, without an app and without a Docker engine: copies of its
 * connections, which its agent makes.
 */
public final class DumpSession {
    private final List<DumpPort> ports;
    private final SessionOutput output;
    private final DumpPrinter printer;
    private final LoneAgent agent;

    /**
     * @param request its target is whom to listen to; there is no command
     * @param ports of the target; empty: those that its container declares
     */
    public DumpSession(
            SessionRequest request,
            List<DumpPort> ports,
            DumpFormat format,
            PrintStream out,
            SessionOutput output) {
        this.ports = List.copyOf(ports);
        this.output = output;
        this.printer = new DumpPrinter(out, format);
        this.agent = new LoneAgent(request, output);
    }

    /**
     * Prints until the user interrupts it, or until there is nothing more to come.
     *
     * @return the exit code
     */
    public int run() {
        DumpStreams streams = new DumpStreams(printer, output);
        agent.run(
                streams::incoming,
                (resolved, tunnel) -> {
                    print(resolved, streams, tunnel);
                    return true;
                });
        return 0;
    }

    private void print(ClusterSide.Resolved resolved, DumpStreams streams, HeldTunnel tunnel) {
        List<DumpPort> wanted = wanted(resolved);
        streams.subscribe(tunnel, wanted);
        agent.await(streams.subscribed());
        output.notice(
                "what arrives at "
                        + resolved.target().map(pod -> "pod " + pod.pod()).orElse("the target")
                        + ", port "
                        + wanted.stream().map(DumpPort::toString).collect(Collectors.joining(", "))
                        + "; end with Ctrl-C");
        if (!agent.isInterruptedBefore(streams.over())) {
            throw new SessionFailure(streams.over().join());
        }
        tunnel.close();
        output.notice(printer.printed());
    }

    private List<DumpPort> wanted(ClusterSide.Resolved resolved) {
        if (!ports.isEmpty()) {
            return ports;
        }
        List<Integer> declared =
                resolved.target().map(pod -> pod.declaredPorts()).orElse(List.of());
        if (declared.isEmpty()) {
            throw new SessionFailure(
                    "the target's container declares no port: name those to print with -p PORT");
        }
        return declared.stream().map(DumpPort::tcp).toList();
    }
}
