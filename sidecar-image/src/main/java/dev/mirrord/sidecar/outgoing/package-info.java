/**
 * Connections and datagrams of the app that go to the target: held SYNs and diverted datagrams come
 * in, streams to the agent go out, and the far side's answer becomes the verdict.
 */
@NullMarked
package dev.mirrord.sidecar.outgoing;

import org.jspecify.annotations.NullMarked;
