package dev.mirrord.agent;

import java.io.IOException;
import java.nio.file.Path;

/** Self-signed certificates of openssl's. */
public final class TestingCertificate {
    private TestingCertificate() {}

    /**
     * Makes {@code NAME.crt} and {@code NAME.key} in a directory.
     *
     * @param kind of key, as in {@code -newkey}
     */
    public static void make(Path directory, String name, String kind)
            throws IOException, InterruptedException {
        Process openssl =
                new ProcessBuilder(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                kind,
                                "-nodes",
                                "-days",
                                "2",
                                "-subj",
                                "/CN=" + name,
                                "-addext",
                                "subjectAltName=DNS:" + name,
                                "-keyout",
                                directory.resolve(name + ".key").toString(),
                                "-out",
                                directory.resolve(name + ".crt").toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(openssl.getInputStream().readAllBytes());
        if (openssl.waitFor() != 0) {
            throw new IOException("openssl: " + said);
        }
    }
}
