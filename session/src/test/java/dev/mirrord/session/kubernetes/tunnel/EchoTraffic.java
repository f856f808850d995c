package dev.mirrord.session.kubernetes.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterOptions;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32;

/** Sends bytes to the shop's echo and checks what comes back, both directions at once. */
final class EchoTraffic {

    static final int ECHO_PORT = 7;
    static final int MEBIBYTES = 64;

    private EchoTraffic() {}

    /** Opens a session's cluster with this kubeconfig and moves the bytes once. */
    static void moveWith(ClusterOptions options, PodRef pod) throws Exception {
        try (Cluster cluster = Cluster.open(options)) {
            moveThrough(new PortForward(cluster), pod);
        }
    }

    static void moveThrough(PortForward forwards, PodRef pod) throws Exception {
        PortForwardChannel forward = forwards.open(pod, ECHO_PORT).get(30, TimeUnit.SECONDS);
        try (PipedOutputStream sent = new PipedOutputStream();
                PipedInputStream toForward = new PipedInputStream(sent, 1 << 20);
                PipedInputStream received = new PipedInputStream(1 << 20);
                PipedOutputStream fromForward = new PipedOutputStream(received)) {
            forward.join(toForward, fromForward);
            move(received, sent, MEBIBYTES);
        } catch (AssertionError | IOException failure) {
            try {
                forward.closed().get(5, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException lost) {
                failure.addSuppressed(lost);
            }
            throw failure;
        }
        forward.closed().get(10, TimeUnit.SECONDS);
    }

    static void move(InputStream in, OutputStream out, int mebibytes) throws Exception {
        CompletableFuture<Long> sum = new CompletableFuture<>();
        CompletableFuture<Void> received = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                CRC32 crc = new CRC32();
                                Random random = new Random(mebibytes);
                                byte[] block = new byte[1 << 20];
                                for (int i = 0; i < mebibytes; i++) {
                                    random.nextBytes(block);
                                    crc.update(block);
                                    out.write(block);
                                }
                                out.flush();
                                sum.complete(crc.getValue());
                                // runtimes end a forward one second after its first half-close
                                received.join();
                                out.close();
                            } catch (IOException failure) {
                                sum.completeExceptionally(failure);
                            }
                        });
        assertThat(line(in)).startsWith("peer ");
        CRC32 crc = new CRC32();
        byte[] block = new byte[1 << 16];
        for (long left = (long) mebibytes << 20; left > 0; ) {
            int length = in.read(block, 0, (int) Math.min(block.length, left));
            assertThat(length).as("bytes of the echo, %d still to come", left).isPositive();
            crc.update(block, 0, length);
            left -= length;
        }
        assertThat(crc.getValue()).isEqualTo(sum.get(30, TimeUnit.SECONDS));
        received.complete(null);
        assertThat(in.read()).as("end of the echo after our half-close").isEqualTo(-1);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n' && next >= 0; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }
}
