package dev.mirrord.agent.steal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class SourcePortsIT {
    @Test
    void skipsPortsThatTheClientHasToTheSamePlace() throws Exception {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try (ServerSocket server = new ServerSocket(0, 10, loopback)) {
            InetSocketAddress place = new InetSocketAddress(loopback, server.getLocalPort());
            int before = SourcePorts.ofThread().source(loopback, place).getPort();
            try (Socket live = new Socket()) {
                live.bind(new InetSocketAddress(loopback, before + 1));
                live.connect(place);
                assertThat(SourcePorts.ofThread().source(loopback, place).getPort())
                        .isEqualTo(before + 2);
            }
        }
    }
}
