package dev.mirrord.sidecar.incoming;

import dev.mirrord.linux.socket.ListeningSocket;
import dev.mirrord.linux.socket.ListeningSockets;
import dev.mirrord.sidecar.Log;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Watches the ports on which the app listens; the sidecar's and the engine's own are left out. */
public final class AppPorts {
    private static final long PERIOD_MILLISECONDS = 50;
    static final String DOCKER_DNS = "127.0.0.11";

    private final ListeningSockets sockets = ListeningSockets.open();
    private final ListeningSockets probe = ListeningSockets.open();
    private final int ownPort;

    /**
     * @param ownPort where the sidecar's loopback listeners are
     */
    public AppPorts(int ownPort) {
        this.ownPort = ownPort;
    }

    /** True when somebody would accept a connection to this loopback address now; any thread. */
    public boolean isListening(InetSocketAddress destination) {
        try {
            return probe.list(destination.getPort()).stream()
                    .anyMatch(socket -> takes(socket, destination.getAddress()));
        } catch (IOException e) {
            Log.line("listening sockets unknown", "why", e.getMessage());
            return true;
        }
    }

    /** Hears of every change, as the whole new picture. */
    public interface Listener {
        void onPorts(SortedMap<Integer, List<ListenAddress>> tcp);

        void onUdpPorts(SortedMap<Integer, List<ListenAddress>> udp);
    }

    /** Starts to tell. */
    public void watch(BoundPorts bound, Listener listener) {
        Thread.ofPlatform()
                .daemon()
                .name("mirrord-ports")
                .start(
                        () -> {
                            Map<Integer, List<ListenAddress>> last = Map.of();
                            Map<Integer, List<ListenAddress>> lastUdp = Map.of();
                            while (true) {
                                try {
                                    SortedMap<Integer, List<ListenAddress>> now = now();
                                    if (!now.equals(last)) {
                                        last = now;
                                        listener.onPorts(now);
                                    }
                                    SortedMap<Integer, List<ListenAddress>> udp = bound.now();
                                    if (!udp.equals(lastUdp)) {
                                        lastUdp = udp;
                                        listener.onUdpPorts(udp);
                                    }
                                    Thread.sleep(PERIOD_MILLISECONDS);
                                } catch (IOException e) {
                                    Log.line("ports unknown", "why", e.getMessage());
                                } catch (InterruptedException e) {
                                    return;
                                }
                            }
                        });
    }

    private SortedMap<Integer, List<ListenAddress>> now() throws IOException {
        SortedMap<Integer, List<ListenAddress>> ports = new TreeMap<>();
        for (ListeningSocket socket : sockets.list()) {
            boolean own = socket.port() == ownPort && socket.address().isLoopbackAddress();
            if (!own && !socket.address().getHostAddress().equals(DOCKER_DNS)) {
                ports.computeIfAbsent(socket.port(), any -> new ArrayList<>())
                        .add(new ListenAddress(socket.address(), socket.port()));
            }
        }
        ports.values()
                .forEach(
                        list -> list.sort(Comparator.comparing(each -> each.address().toString())));
        return ports;
    }

    private static boolean takes(ListeningSocket socket, InetAddress address) {
        boolean sameFamily = socket.address().getAddress().length == address.getAddress().length;
        if (socket.address().isAnyLocalAddress()) {
            return sameFamily || (socket.address().getAddress().length == 16 && !socket.onlyIpv6());
        }
        return socket.address().equals(address);
    }
}
