package dev.mirrord.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostNameserversTest {
    @Test
    void aStubOnLoopbackIsPassedOverForTheServersBehindIt(@TempDir Path directory)
            throws Exception {
        Path stub =
                Files.writeString(
                        directory.resolve("stub"), "nameserver 127.0.0.53\nsearch example.org\n");
        Path real =
                Files.writeString(
                        directory.resolve("real"),
                        "# comment\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\n"
                                + "nameserver\t2001:db8::1\n");
        Path absent = directory.resolve("absent");
        assertThat(HostNameservers.find(List.of(absent, stub, real)))
                .containsExactly("192.0.2.1", "2001:db8::1");
        assertThat(HostNameservers.find(List.of(stub))).isEmpty();
    }
}
