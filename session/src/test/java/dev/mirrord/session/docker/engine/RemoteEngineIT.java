package dev.mirrord.session.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Engines behind an address, and behind TLS with client certificates. */
@Timeout(60)
class RemoteEngineIT {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private static void answers(String... options) {
        List<String> words = new ArrayList<>(List.of("docker"));
        words.addAll(List.of(options));
        words.addAll(List.of("run", "img"));
        ContainerCommand command = CommandParser.parse(words);
        try (Engine engine = Engine.of(command, ClientEnvironment.ofThisProcess())) {
            assertThat(engine.version().operatingSystem()).isEqualTo("linux");
            assertThat(engine.images().inspect("mirrord-none")).isEmpty();
        }
    }

    @Test
    void plainTcpIsSpokenDirectly() throws Exception {
        try (TestingForwarder forwarder =
                new TestingForwarder(new ServerSocket(0, 9, InetAddress.getLoopbackAddress()))) {
            answers("-H", forwarder.address());
        }
    }

    @Test
    void tlsWithAClientCertificateIsTheUsersClientsBusiness(@TempDir Path folder) throws Exception {
        KeyStore keys = keys(folder);
        try (TestingForwarder forwarder = new TestingForwarder(tlsServer(keys))) {
            writePem(keys, folder);
            answers(
                    "--tlsverify",
                    "--tlscacert=" + folder.resolve("cert.pem"),
                    "--tlscert=" + folder.resolve("cert.pem"),
                    "--tlskey=" + folder.resolve("key.pem"),
                    "-H",
                    forwarder.address());
        }
    }

    @Test
    void aContextWithTlsWorksToo(@TempDir Path folder) throws Exception {
        KeyStore keys = keys(folder);
        try (TestingForwarder forwarder = new TestingForwarder(tlsServer(keys))) {
            writePem(keys, folder);
            String pem = folder.resolve("cert.pem").toString();
            TestingPrograms.run(
                    "docker",
                    "--config=" + folder,
                    "context",
                    "create",
                    "far",
                    "--docker=host="
                            + forwarder.address()
                            + ",ca="
                            + pem
                            + ",cert="
                            + pem
                            + ",key="
                            + folder.resolve("key.pem"));
            answers("--config", folder.toString(), "--context", "far");
        }
    }

    /** One self-signed certificate serves as authority, server and client. */
    private static KeyStore keys(Path folder) throws Exception {
        Path store = folder.resolve("keys.p12");
        TestingPrograms.run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=it",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, PASSWORD);
        }
        return keys;
    }

    private static ServerSocket tlsServer(KeyStore keys) throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("it", keys.getCertificate("it"));
        TrustManagerFactory peers = TrustManagerFactory.getInstance("PKIX");
        peers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), peers.getTrustManagers(), null);
        SSLServerSocket server =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 9, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(true);
        return server;
    }

    private static void writePem(KeyStore keys, Path folder) throws Exception {
        Map<String, byte[]> files =
                Map.of(
                        "CERTIFICATE", keys.getCertificate("it").getEncoded(),
                        "PRIVATE KEY", keys.getKey("it", PASSWORD).getEncoded());
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            String text =
                    "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                            .formatted(
                                    file.getKey(),
                                    Base64.getMimeEncoder().encodeToString(file.getValue()),
                                    file.getKey());
            String name = file.getKey().equals("CERTIFICATE") ? "cert.pem" : "key.pem";
            Files.writeString(folder.resolve(name), text);
        }
    }
}
