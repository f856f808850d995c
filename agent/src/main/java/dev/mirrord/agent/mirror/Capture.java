package dev.mirrord.agent.mirror;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.incoming.Losses;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.protocol.PortProtocol;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapStat;
import org.pcap4j.packet.namednumber.DataLinkType;

/**
 * A capture of the mirrored ports on all interfaces, with its thread. The kernel filters, and puts
 * packets into a ring (TPACKET_V3) that this thread empties.
 */
final class Capture {
    /** Also of what offloading has merged into one. */
    private static final int LARGEST_PACKET = 262_144;

    /** A quarter of a second of 1 Gbit/s. */
    private static final int BUFFER_BYTES = 32 << 20;

    private static final int TIMEOUT_MILLIS = 10;

    private final PcapHandle handle;
    private final Flows flows;
    private final DatagramFlows datagrams;
    private final Fragments fragments = new Fragments();
    private final Ended ended;
    private final Redirected redirected;
    private final AtomicReference<Change> change = new AtomicReference<>();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("mirror-clock").daemon().factory());
    private Map<PortKey, MirroredPort> ports = Map.of();
    private long dropped;
    private volatile boolean stopped;

    /** Hears that the capture failed. */
    @FunctionalInterface
    interface Ended {
        void because(String text);
    }

    /** Ports that shall be captured, all of them; completed when they are. */
    private record Change(Map<PortKey, MirroredPort> ports, CompletableFuture<Void> done) {}

    private Capture(PcapHandle handle, Tunnels tunnels, Redirected redirected, Ended ended) {
        this.handle = handle;
        this.flows = new Flows(tunnels, redirected);
        this.datagrams = new DatagramFlows(tunnels);
        this.ended = ended;
        this.redirected = redirected;
    }

    /** Begins, with no port yet, in the network namespace of the calling thread. */
    static Capture start(Tunnels tunnels, Ended ended) throws IOException {
        try {
            PcapHandle handle =
                    new PcapHandle.Builder("any")
                            .snaplen(LARGEST_PACKET)
                            .bufferSize(BUFFER_BYTES)
                            .timeoutMillis(TIMEOUT_MILLIS)
                            .build();
            if (!handle.getDlt().equals(DataLinkType.LINUX_SLL)) {
                throw new IOException("libpcap gives link type " + handle.getDlt());
            }
            handle.setFilter(CaptureFilter.NOTHING, BpfCompileMode.OPTIMIZE);
            Capture capture = new Capture(handle, tunnels, Redirected.here(), ended);
            Thread.ofPlatform().name("mirror").daemon().start(capture::run);
            capture.clock.scheduleAtFixedRate(capture::wake, 1, 1, TimeUnit.SECONDS);
            return capture;
        } catch (PcapNativeException | NotOpenException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Captures these ports from here on, and no others. */
    CompletableFuture<Void> ports(Map<PortKey, MirroredPort> wanted) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Change before = change.getAndSet(new Change(new HashMap<>(wanted), done));
        if (before != null) {
            done.whenComplete((_, failure) -> complete(before.done, failure));
        }
        if (stopped) {
            done.completeExceptionally(new IOException("the capture has ended"));
        }
        wake();
        return done;
    }

    private static void complete(
            CompletableFuture<Void> future, @org.jspecify.annotations.Nullable Throwable failure) {
        if (failure == null) {
            future.complete(null);
        } else {
            future.completeExceptionally(failure);
        }
    }

    private void run() {
        try {
            while (!stopped) {
                change();
                tick();
                capture();
            }
        } catch (PcapNativeException | NotOpenException | RuntimeException | OutOfMemoryError e) {
            AgentLog.warn("capture failed", "why", e.getMessage());
            ended.because("mirroring has ended: " + e.getMessage());
        } finally {
            stopped = true;
            clock.shutdownNow();
            flows.abort();
            datagrams.abort();
            handle.close();
            redirected.close();
            Change waiting = change.getAndSet(null);
            if (waiting != null) {
                waiting.done.completeExceptionally(new IOException("the capture has ended"));
            }
        }
    }

    /** Until it is woken. */
    private void capture() throws PcapNativeException, NotOpenException {
        try {
            handle.loop(-1, this::packet);
        } catch (InterruptedException e) {
            // wake() was called.
        }
    }

    private void packet(byte[] bytes) {
        if (handle.getOriginalLength() > bytes.length) {
            // Larger than any usual super-packet: a hole, which will be noticed.
            return;
        }
        IpPacket.parse(bytes, fragments).ifPresent(this::carried);
    }

    private void carried(IpPacket packet) {
        if (packet.protocol() == UdpDatagram.PROTOCOL) {
            UdpDatagram.parse(packet)
                    .ifPresent(datagram -> datagrams.datagram(datagram, System.nanoTime()));
        } else {
            TcpSegment.parse(packet)
                    .ifPresent(segment -> flows.segment(segment, System.nanoTime()));
        }
    }

    private void change() throws PcapNativeException, NotOpenException {
        Change wanted = change.getAndSet(null);
        if (wanted != null) {
            handle.setFilter(CaptureFilter.of(wanted.ports.keySet()), BpfCompileMode.OPTIMIZE);
            ports = wanted.ports;
            flows.ports(of(PortProtocol.TCP));
            datagrams.ports(of(PortProtocol.UDP));
            wanted.done.complete(null);
        }
    }

    private Map<Integer, MirroredPort> of(PortProtocol protocol) {
        Map<Integer, MirroredPort> found = new HashMap<>();
        ports.forEach(
                (key, port) -> {
                    if (key.protocol() == protocol) {
                        found.put(key.number(), port);
                    }
                });
        return found;
    }

    private void tick() throws PcapNativeException, NotOpenException {
        flows.tick(System.nanoTime());
        datagrams.tick(System.nanoTime());
        PcapStat stat = handle.getStats();
        long now = stat.getNumPacketsDropped();
        if (now != dropped) {
            // The counter has 32 bits.
            long lost = (now - dropped) & 0xffff_ffffL;
            dropped = now;
            AgentLog.warn("packets were not captured", "number", lost);
            ports.values().forEach(port -> port.losses.add(Losses.Kind.PACKETS, lost));
        }
    }

    private void wake() {
        try {
            handle.breakLoop();
        } catch (NotOpenException e) {
            // It ended by itself.
        }
    }

    /** Ends the capture; connections that are under way are reset. */
    void stop() {
        stopped = true;
        wake();
    }
}
