package dev.mirrord.session.kubernetes.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.session.kubernetes.TestCluster;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class PortForwardClusterIT {

    @Test
    void aWebSocketMoves64MebibytesBothWaysAndTheHalfCloseArrives() throws Exception {
        try (Cluster cluster = TestCluster.open()) {
            PortForward forwards = new PortForward(cluster);
            EchoTraffic.moveThrough(cluster, forwards);
            assertThat(forwards.transport()).isEqualTo(PortForward.Transport.WEBSOCKET);
        }
    }

    @Test
    void spdyByPostMoves64MebibytesBothWaysAndTheHalfCloseArrives() throws Exception {
        try (Cluster cluster = TestCluster.open()) {
            PortForward forwards = new PortForward(cluster).preferring(PortForward.Transport.SPDY);
            EchoTraffic.moveThrough(cluster, forwards);
        }
    }
}
