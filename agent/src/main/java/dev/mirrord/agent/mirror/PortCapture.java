package dev.mirrord.agent.mirror;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.tunnel.Tunnels;
import java.io.IOException;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.RawPacketListener;
import org.pcap4j.packet.namednumber.DataLinkType;

/** A capture of one port on all interfaces, with its thread. */
final class PortCapture {
    /** Also of what offloading has merged into one. */
    private static final int LARGEST_PACKET = 262_144;

    private static final int BUFFER_BYTES = 16 << 20;
    private static final int TIMEOUT_MILLIS = 10;

    private final PcapHandle handle;
    private final Flows flows;
    private final PortCapture.Ended ended;

    /** Hears that the capture failed. */
    @FunctionalInterface
    interface Ended {
        void because(String text);
    }

    private PortCapture(PcapHandle handle, Tunnels tunnels, Ended ended) {
        this.handle = handle;
        this.flows = new Flows(tunnels);
        this.ended = ended;
    }

    /** Begins to capture in the network namespace of the calling thread. */
    static PortCapture start(int port, Tunnels tunnels, Ended ended) throws IOException {
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
            handle.setFilter("inbound and tcp dst port " + port, BpfCompileMode.OPTIMIZE);
            PortCapture capture = new PortCapture(handle, tunnels, ended);
            Thread.ofPlatform().name("mirror-" + port).daemon().start(capture::run);
            return capture;
        } catch (PcapNativeException | NotOpenException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void run() {
        RawPacketListener listener =
                packet ->
                        TcpSegment.parse(packet)
                                .ifPresent(segment -> flows.segment(segment, System.nanoTime()));
        try {
            handle.loop(-1, listener);
        } catch (InterruptedException e) {
            // stop() was called.
            Thread.currentThread().interrupt();
        } catch (PcapNativeException | NotOpenException | RuntimeException e) {
            AgentLog.warn("capture failed", "why", e.getMessage());
            ended.because("mirroring has ended: " + e.getMessage());
        } finally {
            flows.abort();
            handle.close();
        }
    }

    /** Ends the capture; connections that are under way are reset. */
    void stop() {
        try {
            handle.breakLoop();
        } catch (NotOpenException e) {
            // It ended by itself.
        }
    }
}
