package dev.mirrord.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficLineTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|the session carried no traffic",
                "{'outgoingTcp':0,'dnsQueries':0}|the session carried no traffic",
                "{'stolenConnections':1,'stolenRequests':12}|the session stole 12 requests on 1"
                        + " connection",
                "{'mirroredConnections':2}|the session mirrored 2 connections",
                "{'stolenDatagrams':1,'mirroredDatagrams':20,'lostDatagrams':2}|the session stole 1"
                        + " datagram, mirrored 20 datagrams, lost 2 datagrams that came too fast",
                "{'outgoingTcp':1,'outgoingUdp':2,'outgoingRefused':1,'dnsQueries':1}|the session"
                        + " carried 1 outgoing connection and 2 UDP sockets and 1 failed connect,"
                        + " answered 1 DNS query",
            })
    void itSaysWhatThereWas(String summary, String line) throws Exception {
        assertThat(TrafficLine.of(new ObjectMapper().readTree(summary.replace('\'', '"'))))
                .isEqualTo(line);
    }
}
