package dev.mirrord.session.docker.engine;

import java.nio.file.Path;

/** A socket of this process's own, behind which is the engine's API. */
sealed interface Bridge extends AutoCloseable permits DialBridge, PodmanService {

    Path socket();

    /** What the client said when it could not connect; empty for nothing. */
    String lastError();

    @Override
    void close();
}
