package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.tunnel.Tunnel;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The agent's files: one stream of one tunnel at a time; after a loss the next request opens
 * another.
 */
final class AgentFiles {
    private final Supplier<Optional<Tunnel>> tunnels;
    private final Consumer<String> notice;
    private @Nullable FilesWay way;
    private boolean said;

    AgentFiles(Supplier<Optional<Tunnel>> tunnels, Consumer<String> notice) {
        this.tunnels = tunnels;
        this.notice = notice;
    }

    /** Empty while there is no tunnel. */
    synchronized Optional<FilesWay> way() {
        if (way == null || !way.isUsable()) {
            way = tunnels.get().map(tunnel -> new FilesWay(tunnel, this::refused)).orElse(null);
        }
        return Optional.ofNullable(way);
    }

    /** Asks; without a tunnel the answer is EIO at once. */
    void ask(FileRequest request, Answer answer) {
        way().ifPresentOrElse(open -> open.ask(request, answer), () -> answer.failed(Errno.EIO));
    }

    private void refused(String text) {
        if (!said) {
            said = true;
            notice.accept("the target's files cannot be used: " + text);
        }
    }
}
