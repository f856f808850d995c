package dev.mirrord.agent.http;

/** A connection that can come to its end in order. May be called on any thread. */
interface Ending {
    /** What is begun goes on, but nothing follows it. */
    void endSoon();

    /** Nothing has been said for a while, so nobody minds. */
    void endIfIdle();
}
