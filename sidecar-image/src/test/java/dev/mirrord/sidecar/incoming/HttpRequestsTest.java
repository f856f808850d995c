package dev.mirrord.sidecar.incoming;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpRequestsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1~Host: a~~|1",
                "GET / HTTP/1.1~Host: a~~GET /b HTTP/1.0~~|2",
                "GET / HTTP/1.1~Host: a~|1",
                "POST / HTTP/1.1~Content-Length: 20~~GET / HTTP/1.1~~ab|1",
                "POST / HTTP/1.1~content-length:4~~abcdGET / HTTP/1.1~~|2",
                "POST / HTTP/1.1~Transfer-Encoding: gzip, chunked~~3;x=y~abc~13~GET /"
                        + " HTTP/1.1~~a~0~X: y~~PUT / HTTP/1.1~~|2",
                "~~GET / HTTP/1.1~~|1",
                "GET / HTTP/1.1~Upgrade: websocket~~GET / HTTP/1.1~~|1",
                "CONNECT a:1 HTTP/1.1~~GET / HTTP/1.1~~|1",
                "PRI * HTTP/2.0~~SM~~GET / HTTP/1.1~~|0",
                "PING~GET / HTTP/1.1~~|0",
                "*1~$4~PING~|0",
                "POST / HTTP/1.1~Content-Length: x~~GET / HTTP/1.1~~|1",
                "POST / HTTP/1.1~Content-Length: 99999999999999999999~~GET / HTTP/1.1~~|1",
                "POST / HTTP/1.1~Transfer-Encoding: chunked~~zz~GET / HTTP/1.1~~|1",
            })
    void requestsAreCountedHoweverTheBytesAreCut(String text, int requests) {
        byte[] bytes = text.replace("~", "\r\n").getBytes(StandardCharsets.UTF_8);
        for (int size = 1; size <= bytes.length; size++) {
            AtomicInteger count = new AtomicInteger();
            HttpRequests counter = new HttpRequests(count::incrementAndGet);
            for (int at = 0; at < bytes.length; at += size) {
                ByteBuf part = Unpooled.wrappedBuffer(bytes, at, Math.min(size, bytes.length - at));
                counter.look(part);
                assertThat(part.readerIndex()).isZero();
            }
            assertThat(count).as("in parts of " + size).hasValue(requests);
        }
    }
}
