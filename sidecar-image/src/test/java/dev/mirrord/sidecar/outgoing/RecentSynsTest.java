package dev.mirrord.sidecar.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.filter.Transport;
import dev.mirrord.sidecar.capture.Flow;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class RecentSynsTest {
    private final RecentSyns recent = new RecentSyns();

    private static Flow flow(int port) {
        return new Flow(
                Transport.TCP,
                new InetSocketAddress("10.0.0.1", port),
                new InetSocketAddress("10.0.0.2", 80));
    }

    @Test
    void aCopyIsKnownByItsSequenceNumber() {
        recent.add(flow(1000), 77);
        assertThat(recent.isRepeated(flow(1000), 77)).isTrue();
        assertThat(recent.isRepeated(flow(1000), 78)).as("the port is used again").isFalse();
        assertThat(recent.isRepeated(flow(1001), 77)).isFalse();
        recent.forget(flow(1000));
        assertThat(recent.isRepeated(flow(1000), 77)).isFalse();
    }

    @Test
    void theMemoryIsBounded() {
        for (int port = 1; port <= 3000; port++) {
            recent.add(flow(port), 1);
        }
        assertThat(recent.isRepeated(flow(1), 1)).isFalse();
        assertThat(recent.isRepeated(flow(3000), 1)).isTrue();
    }
}
