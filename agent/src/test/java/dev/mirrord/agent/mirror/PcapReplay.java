package dev.mirrord.agent.mirror;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;

/** Packets of a file, taken apart and put together as a capture's are. */
public final class PcapReplay {
    private final List<TcpSegment> segments = new ArrayList<>();

    private PcapReplay() {}

    /** What came of one connection. */
    public static final class Copy implements TcpReassembly.Sink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final TcpReassembly reassembly;
        private boolean ended;
        private boolean known = true;
        private int early;

        private Copy(int first) {
            reassembly = new TcpReassembly(first, this);
        }

        @Override
        public void data(byte[] data, int offset, int length) {
            bytes.write(data, offset, length);
        }

        @Override
        public void end() {
            ended = true;
        }

        public byte[] bytes() {
            return bytes.toByteArray();
        }

        /** It ended, nothing is missing. */
        public boolean isWhole() {
            return ended && known;
        }

        /** Times when something was missing after a segment. */
        public int early() {
            return early;
        }
    }

    /** The segments to a port. */
    public static PcapReplay read(Path file, int port) throws NotOpenException {
        PcapReplay replay = new PcapReplay();
        Fragments fragments = new Fragments();
        try (PcapHandle handle = Pcaps.openOffline(file.toString())) {
            while (true) {
                IpPacket.parse(handle.getNextRawPacketEx(), fragments)
                        .flatMap(TcpSegment::parse)
                        .filter(segment -> segment.destination().getPort() == port)
                        .ifPresent(replay.segments::add);
            }
        } catch (EOFException | PcapNativeException end) {
            // Also in the middle of a packet that is being written.
            return replay;
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    public int size() {
        return segments.size();
    }

    /** Plays them in another order, more than once, or not all of them; SYNs are there first. */
    public Map<InetSocketAddress, Copy> play(UnaryOperator<List<TcpSegment>> change) {
        Map<InetSocketAddress, Copy> copies = new HashMap<>();
        for (TcpSegment each : segments) {
            if (each.syn()) {
                copies.computeIfAbsent(each.source(), _ -> new Copy(each.sequence() + 1));
            }
        }
        for (TcpSegment each : change.apply(segments)) {
            Copy copy = copies.get(each.source());
            if (copy != null && !each.syn() && !each.rst()) {
                copy.known &=
                        copy.reassembly.segment(
                                each.sequence(),
                                each.packet(),
                                each.offset(),
                                each.length(),
                                each.fin());
                copy.early += copy.reassembly.hasHole() ? 1 : 0;
            }
        }
        return copies;
    }

    /** As they came. */
    public Map<InetSocketAddress, Copy> play() {
        return play(List::copyOf);
    }

    /** Each up to {@code distance} places later, some twice. */
    public Map<InetSocketAddress, Copy> playShuffled(Random random, int distance) {
        return play(
                all -> {
                    List<TcpSegment> changed = new ArrayList<>();
                    for (TcpSegment each : all) {
                        int most = Math.min(distance, changed.size());
                        changed.add(changed.size() - random.nextInt(most + 1), each);
                        if (random.nextInt(10) == 0) {
                            changed.add(each);
                        }
                    }
                    return changed;
                });
    }

    /** Without one in {@code every} of them. */
    public Map<InetSocketAddress, Copy> playWithHoles(Random random, int every) {
        return play(all -> all.stream().filter(_ -> random.nextInt(every) != 0).toList());
    }
}
