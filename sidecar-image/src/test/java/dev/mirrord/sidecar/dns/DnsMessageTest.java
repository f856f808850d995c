package dev.mirrord.sidecar.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DnsMessageTest {
    private static DnsMessage query(String name, int type) {
        return DnsMessage.parse(DnsMessage.query(7, name, type)).orElseThrow();
    }

    @Test
    void aQueryIsReadBack() {
        DnsMessage query = query("Web.Shop.svc", DnsMessage.A);
        assertThat(query.id()).isEqualTo(7);
        assertThat(query.question())
                .isEqualTo(new DnsMessage.Question("web.shop.svc", DnsMessage.A, 1));
        assertThat(query.isStandardQuery()).isTrue();
        assertThat(query.udpSize()).isEqualTo(512);
    }

    @Test
    void anAnswerForAnotherAskerHasItsIdSpellingAndAge() throws Exception {
        InetAddress address = InetAddress.getByName("10.96.1.1");
        DnsMessage answer =
                DnsMessage.parse(query("web.shop", DnsMessage.A).addresses(List.of(address), 30))
                        .orElseThrow();
        assertThat(answer.addresses()).containsExactly(address);
        assertThat(answer.lifetime()).isEqualTo(30);
        DnsMessage other =
                DnsMessage.parse(DnsMessage.withId(DnsMessage.query(9, "WEB.shop", 1), 500))
                        .orElseThrow();
        byte[] aged = answer.answerTo(other, 12);
        DnsMessage read = DnsMessage.parse(aged).orElseThrow();
        assertThat(read.id()).isEqualTo(500);
        assertThat(read.lifetime()).isEqualTo(18);
        assertThat(Arrays.copyOfRange(aged, 12, 16)).isEqualTo(new byte[] {3, 'W', 'E', 'B'});
    }

    @Test
    void aNegativeAnswerLivesAsItsSoaSays() {
        DnsMessage query = query("no.example", DnsMessage.A);
        byte[] head = query.empty(DnsMessage.NXDOMAIN);
        byte[] soa = new byte[12 + 22];
        soa[0] = (byte) 0xc0;
        soa[1] = 12;
        soa[3] = 6;
        soa[5] = 1;
        soa[9] = 60; // TTL
        soa[11] = 22; // two root names and five numbers
        soa[33] = 5; // MINIMUM
        byte[] message = Arrays.copyOf(head, head.length + soa.length);
        System.arraycopy(soa, 0, message, head.length, soa.length);
        message[9] = 1;
        assertThat(DnsMessage.parse(message).orElseThrow().lifetime()).isEqualTo(5);
        assertThat(DnsMessage.parse(head).orElseThrow().lifetime()).isZero();
    }

    @Test
    void damagedMessagesAreNoMessages() {
        byte[] query = DnsMessage.query(1, "a.b", 1);
        assertThat(DnsMessage.parse(new byte[3])).isEmpty();
        assertThat(DnsMessage.parse(Arrays.copyOf(query, query.length - 3))).isEmpty();
        byte[] lying = query.clone();
        lying[7] = 9;
        assertThat(DnsMessage.parse(lying)).isEmpty();
        byte[] endless = query.clone();
        endless[12] = 63;
        assertThat(DnsMessage.parse(endless)).isEmpty();
    }

    @Test
    void ednsSaysHowMuchFits() {
        byte[] query = DnsMessage.query(1, "a.b", 1);
        byte[] message = Arrays.copyOf(query, query.length + 11);
        message[query.length + 2] = 41;
        message[query.length + 3] = 4;
        message[query.length + 4] = (byte) 0xd0;
        message[11] = 1;
        DnsMessage parsed = DnsMessage.parse(message).orElseThrow();
        assertThat(parsed.udpSize()).isEqualTo(1232);
        assertThat(parsed.variant()).isEqualTo(1);
    }
}
