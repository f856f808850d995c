package dev.mirrord.sidecar;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Speaks the launcher's side of docs/protocol.md, section 2. */
final class TestingLauncher implements AutoCloseable {
    private final SocketChannel channel;
    private final DataInputStream in;

    /** A message: type and payload. */
    record Message(int type, byte[] payload) {
        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** The entries of a CONTEXT: NAME=VALUE or NAME, and the operation. */
        Map<String, Integer> entries() {
            Map<String, Integer> entries = new LinkedHashMap<>();
            ByteBuffer from = ByteBuffer.wrap(payload);
            while (from.hasRemaining()) {
                int operation = from.get();
                byte[] bytes = new byte[from.getInt()];
                from.get(bytes);
                entries.put(new String(bytes, StandardCharsets.UTF_8), operation);
            }
            return entries;
        }
    }

    TestingLauncher(SocketChannel channel, int role) throws IOException {
        this.channel = channel;
        this.in = new DataInputStream(Channels.newInputStream(channel));
        byte[] program = "/bin/true".getBytes(StandardCharsets.UTF_8);
        ByteBuffer hello = ByteBuffer.allocate(11 + program.length);
        hello.put("MRD1".getBytes(StandardCharsets.US_ASCII)).put((byte) role).putInt(42);
        hello.putShort((short) program.length).put(program).flip();
        channel.write(hello);
    }

    Message read() throws IOException {
        int type = in.readUnsignedByte();
        return new Message(type, in.readNBytes(in.readInt()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
