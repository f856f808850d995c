package dev.mirrord.linux.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Reads {@code /proc/net/tcp} and {@code tcp6}: proc(5). */
final class ProcListeningSockets {
    private static final String LISTEN = "0A";

    private ProcListeningSockets() {}

    static List<ListeningSocket> list() throws IOException {
        List<ListeningSocket> found = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            Path file = Path.of("/proc/self/net", table);
            if (Files.exists(file)) {
                found.addAll(parse(Files.readAllLines(file)));
            }
        }
        return found;
    }

    /** The address is written as 32-bit words in the machine's byte order. */
    static List<ListeningSocket> parse(List<String> lines) {
        List<ListeningSocket> found = new ArrayList<>();
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length > 9 && fields[3].equals(LISTEN)) {
                String[] local = fields[1].split(":");
                byte[] words = HexFormat.of().parseHex(local[0]);
                byte[] address = new byte[words.length];
                ByteBuffer from = ByteBuffer.wrap(words);
                ByteBuffer to = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
                while (from.hasRemaining()) {
                    to.putInt(from.getInt());
                }
                found.add(
                        new ListeningSocket(
                                SocketAddresses.address(address),
                                Integer.parseInt(local[1], 16),
                                Long.parseLong(fields[9]),
                                false));
            }
        }
        return found;
    }
}
