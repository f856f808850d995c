package dev.mirrord.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.sidecar.ControlListener;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the sidecar of a session has said so far. */
final class SidecarEvents implements ControlListener {
    /** Its sockets are open. */
    final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();

    /** It knows the target's environment and facts: an app can be run. */
    final CompletableFuture<@Nullable Void> connected = new CompletableFuture<>();

    /** The first launcher has come: the app's container exists. */
    final CompletableFuture<@Nullable Void> launcher = new CompletableFuture<>();

    /** The last launcher has gone: the app has ended. */
    final CompletableFuture<@Nullable Void> appEnded = new CompletableFuture<>();

    /** Why the session cannot go on. */
    final CompletableFuture<String> failed = new CompletableFuture<>();

    /** What the session has carried, in a line; empty if the sidecar went without it. */
    final CompletableFuture<Optional<String>> summary = new CompletableFuture<>();

    /** Nobody is there any more. */
    final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

    /** Hears of agents that do not come back. */
    volatile Consumer<String> agentLost = _ -> {};

    private final SessionLog log;
    private final SessionOutput output;

    SidecarEvents(SessionLog log, SessionOutput output) {
        this.log = log;
        this.output = output;
    }

    @Override
    public void onMessage(String type, JsonNode message) {
        log.line("sidecar says", "type", type);
        switch (type) {
            case "ready" -> ready.complete(null);
            case "connected" -> connected.complete(null);
            case "launcher" -> launcher.complete(null);
            case "launcherGone" -> {
                if (message.path("remaining").asInt() == 0) {
                    appEnded.complete(null);
                }
            }
            case "notice" -> {
                log.line("notice", "text", message.path("text").asText());
                output.notice(message.path("text").asText());
            }
            case "failed" -> failed.complete(message.path("text").asText());
            case "agentLost" -> agentLost.accept(message.path("agent").asText());
            case "summary" -> summary.complete(Optional.of(TrafficLine.of(message)));
            default -> log.line("unknown message of the sidecar", "type", type);
        }
    }

    @Override
    public void onClosed() {
        failed.complete("the sidecar has gone");
        summary.complete(Optional.empty());
        closed.complete(null);
    }
}
