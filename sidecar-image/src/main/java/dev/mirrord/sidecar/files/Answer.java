package dev.mirrord.sidecar.files;

import io.netty.buffer.ByteBuf;

/** Hears what the agent answers to one request, on an event loop. */
interface Answer {
    /**
     * One message of it.
     *
     * @param body valid during the call
     * @param more false in the last one
     */
    void part(ByteBuf body, boolean more);

    /** The operation failed, or the agent is not there (EIO); nothing follows. */
    void failed(int errno);
}
