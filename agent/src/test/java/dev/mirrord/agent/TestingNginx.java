package dev.mirrord.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A real nginx that says who it is, whom it sees and what it was asked. */
final class TestingNginx implements AutoCloseable {
    private final Process process;
    private final Path directory;

    private TestingNginx(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /**
     * @param inside how to run a program where it is to listen, such as {@code ip netns exec …}
     */
    static TestingNginx start(List<String> inside, String name, int port, int http2Port)
            throws Exception {
        Path directory = Files.createTempDirectory("mirrord-nginx-");
        Files.writeString(directory.resolve("large"), "0123456789".repeat(200_000));
        Files.writeString(
                directory.resolve("nginx.conf"),
                """
                daemon off; master_process off; pid %1$s/pid; error_log /dev/null;
                events { worker_connections 1024; }
                http {
                  access_log off; client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
                  keepalive_requests 1000000; client_max_body_size 100m;
                  server {
                    listen %2$d reuseport; listen [::]:%2$d; listen %3$d http2; listen [::]:%3$d http2;
                    location / { return 200 "%4$s $request_method $request_uri $remote_addr\\n"; }
                    location /large { root %1$s; }
                    location /echo { client_body_buffer_size 8m; client_body_in_single_buffer on;
                      proxy_pass http://unix:%1$s/echo.sock; }
                  }
                  server { listen unix:%1$s/echo.sock;
                    location / { return 200 "%4$s $content_length$http_transfer_encoding\\n"; } }
                }
                """
                        .formatted(directory, port, http2Port, name));
        List<String> command = new ArrayList<>(inside);
        command.addAll(List.of("nginx", "-c", directory.resolve("nginx.conf").toString()));
        Process process = new ProcessBuilder(command).inheritIO().start();
        return new TestingNginx(process, directory);
    }

    /** Waits until somebody listens there, as seen from the calling thread's namespace. */
    static void await(InetSocketAddress address) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(address, 1_000);
                return;
            } catch (IOException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw new AssertionError("nobody listens on " + address, e);
                }
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        process.waitFor();
        TestingNamespaces.run("rm", "-r", directory.toString());
    }
}
