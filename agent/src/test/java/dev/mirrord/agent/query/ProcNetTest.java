package dev.mirrord.agent.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcNetTest {
    @Test
    void ownAddressesAreTheLocalHostRoutes() {
        String fibTrie =
                """
                Main:
                  +-- 0.0.0.0/0 3 0 5
                     |-- 10.244.0.0
                        /24 link UNICAST
                     |-- 10.244.0.9
                        /32 host LOCAL
                     |-- 127.0.0.1
                        /32 host LOCAL
                     |-- 10.244.0.255
                        /32 link BROADCAST
                Local:
                     |-- 10.244.0.9
                        /32 host LOCAL
                """;
        assertThat(ProcNet.ipv4(fibTrie)).containsExactly("10.244.0.9");
    }

    @Test
    void ipv6AddressesThatOthersReachAreTaken() {
        String ifInet6 =
                """
                fd000000000000000000000000000009 02 40 00 80     eth0
                fe80000000000000000000000000aaaa 02 40 20 80     eth0
                00000000000000000000000000000001 01 80 10 80       lo
                """;
        assertThat(ProcNet.ipv6(ifInet6)).containsExactly("fd00:0:0:0:0:0:0:9");
    }

    @Test
    void listeningPortsAreThoseInStateListen() {
        String tcp =
                """
                  sl  local_address rem_address   st tx_queue rx_queue
                   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0
                   1: 0900F40A:0050 0100F40A:C350 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0
                   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13 1 0
                """;
        assertThat(ProcNet.listening(tcp)).containsOnly(Map.entry(11L, 80), Map.entry(13L, 8080));
    }
}
