package dev.mirrord.sidecar.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineHostsTest {
    @Test
    void theHostAndLinkedContainersAreTheUsers() throws Exception {
        assertThat(
                        EngineHosts.reachable(
                                """
                                127.0.0.1\tlocalhost
                                172.17.0.1\thost.docker.internal
                                10.96.0.7\tadded
                                172.20.0.3\tdb 4f3a # linked
                                172.18.0.1\tMyHost
                                """,
                                List.of(new Prefix(InetAddress.getByName("172.20.0.2"), 16)),
                                List.of("myhost")))
                .containsExactly(
                        InetAddress.getByName("172.17.0.1"),
                        InetAddress.getByName("172.20.0.3"),
                        InetAddress.getByName("172.18.0.1"));
    }
}
