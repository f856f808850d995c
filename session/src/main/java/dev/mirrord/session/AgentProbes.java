package dev.mirrord.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import dev.mirrord.session.kubernetes.cluster.Json;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Questions to an agent over a tunnel; each may be asked from any thread. */
final class AgentProbes {
    private static final int DNS_PORT = 53;

    /** Every cluster has it; that a name is not there would be an answer too. */
    private static final String NAME = "kubernetes.default.svc.cluster.local";

    private final Tunnel tunnel;

    AgentProbes(Tunnel tunnel) {
        this.tunnel = tunnel;
    }

    /** Completes when the agent has answered. */
    CompletableFuture<?> ping() {
        CompletableFuture<Object> answered = new CompletableFuture<>();
        tunnel.eventLoop()
                .execute(
                        () ->
                                tunnel.ping()
                                        .whenComplete(
                                                (took, failure) -> {
                                                    if (failure == null) {
                                                        answered.complete(took);
                                                    } else {
                                                        answered.completeExceptionally(failure);
                                                    }
                                                }));
        return answered;
    }

    /** The first nameserver of the target; empty if it names none. */
    CompletableFuture<Optional<InetSocketAddress>> nameserver() {
        Answer answer = new Answer(true);
        open(StreamKind.QUERY, text("{\"type\":\"target\"}"), answer);
        return answer.whole.thenApply(
                bytes -> {
                    try {
                        JsonNode facts = Json.MAPPER.readTree(bytes);
                        return nameserver(facts.path("resolvConf").asText());
                    } catch (IOException e) {
                        return Optional.empty();
                    }
                });
    }

    static Optional<InetSocketAddress> nameserver(String resolvConf) {
        return resolvConf
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 1 && words[0].equals("nameserver"))
                .filter(words -> words[1].matches("[0-9a-fA-F.:]+"))
                .map(words -> new InetSocketAddress(words[1], DNS_PORT))
                .findFirst();
    }

    /** Completes when a connection was made or refused: either is a round trip. */
    CompletableFuture<?> connect(InetSocketAddress destination) {
        Answer answer = new Answer(false);
        open(StreamKind.TCP, AddressCodec.write(Unpooled.buffer(), destination), answer);
        return answer.met;
    }

    /** Completes when the target's nameserver has answered. */
    CompletableFuture<?> resolve() {
        Answer answer = new Answer(false);
        tunnel.eventLoop()
                .execute(
                        () -> {
                            TunnelStream stream =
                                    tunnel.open(StreamKind.DNS, Unpooled.EMPTY_BUFFER, answer);
                            stream.writeMessage(question());
                        });
        return answer.first;
    }

    /** RFC 1035, 4.1: recursion desired, one question of type A and class IN. */
    private static ByteBuf question() {
        ByteBuf message = Unpooled.buffer().writeShort(1).writeShort(0x0100).writeShort(1);
        message.writeZero(6);
        for (String label : NAME.split("\\.")) {
            message.writeByte(label.length());
            message.writeCharSequence(label, StandardCharsets.US_ASCII);
        }
        return message.writeByte(0).writeShort(1).writeShort(1);
    }

    private void open(StreamKind kind, ByteBuf payload, Answer answer) {
        tunnel.eventLoop().execute(() -> tunnel.open(kind, payload, answer));
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    /** What a stream brings; it is ended as soon as nothing more is wanted. */
    private static final class Answer implements StreamListener {
        final CompletableFuture<Boolean> met = new CompletableFuture<>();
        final CompletableFuture<Boolean> first = new CompletableFuture<>();
        final CompletableFuture<byte[]> whole = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final boolean toTheEnd;

        Answer(boolean toTheEnd) {
            this.toTheEnd = toTheEnd;
        }

        @Override
        public void onAccept(TunnelStream stream, ByteBuf payload) {
            met.complete(true);
            if (stream.kind() == StreamKind.TCP) {
                stream.reset(0);
            }
        }

        @Override
        public void onRefuse(TunnelStream stream, int errno, String text) {
            met.complete(false);
            fail(text);
        }

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            int length = data.readableBytes();
            byte[] more = new byte[length];
            data.readBytes(more).release();
            stream.consumed(length);
            bytes.writeBytes(more);
            first.complete(true);
            if (!toTheEnd) {
                stream.reset(0);
            }
        }

        @Override
        public void onEnd(TunnelStream stream) {
            whole.complete(bytes.toByteArray());
            stream.end();
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {
            met.complete(false);
            fail("the stream was reset (errno " + errno + ")");
        }

        private void fail(String why) {
            SessionFailure failure = new SessionFailure(why);
            first.completeExceptionally(failure);
            whole.completeExceptionally(failure);
        }
    }
}
