package dev.mirrord.agent.steal;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * An {@code nft -i}: it owns the tables that it makes, reads its commands from us and ends with
 * end-of-file. When this process is killed, its descriptors stay open until its memory has been
 * given back, some ten milliseconds; so it is killed, too, as soon as the thread that started it
 * ends (prctl(2), PR_SET_PDEATHSIG). Blocking; belongs to one thread, which has to live as long.
 */
final class NftShell implements AutoCloseable {
    // A command that touches nothing; its one line of output tells that those before are done.
    private static final String MARKER = "describe ip ttl";
    private static final String MARKED = "payload expression, datatype integer";

    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    private NftShell(Process process) {
        this.process = process;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts it in the network namespace of the calling thread. */
    static NftShell start() throws IOException {
        return new NftShell(
                new ProcessBuilder("setpriv", "--pdeathsig", "KILL", "nft", "-i")
                        .redirectErrorStream(true)
                        .start());
    }

    /**
     * Runs one line.
     *
     * @throws NftException with nft's words when it refuses
     * @throws IOException when nft itself is gone
     */
    void run(String line) throws IOException {
        ask(line);
    }

    /** As {@link #run}; returns what nft has said. */
    String ask(String line) throws IOException {
        in.write(line + "\n" + MARKER + "\n");
        in.flush();
        StringBuilder said = new StringBuilder();
        while (true) {
            String read = out.readLine();
            if (read == null) {
                throw new EOFException("nft has ended: " + said);
            }
            if (read.startsWith(MARKED)) {
                break;
            }
            said.append(read).append('\n');
        }
        int error = said.indexOf("Error: ");
        if (error >= 0) {
            throw new NftException(said.substring(error + 7).lines().findFirst().orElse("?"));
        }
        return said.toString();
    }

    /** Its tables are gone when this returns. */
    @Override
    public void close() {
        try {
            in.close();
            process.waitFor(1, TimeUnit.SECONDS);
        } catch (IOException e) {
            process.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** nft understood and refused. */
    static final class NftException extends IOException {
        private static final long serialVersionUID = 1L;

        NftException(String message) {
            super(message);
        }
    }
}
