/**
 * Which HTTP requests are the app's. The JSON of a subscription's {@code filter} comes in
 * (docs/protocol.md), answers about single requests go out; no state.
 */
@NullMarked
package dev.mirrord.agent.filter;

import org.jspecify.annotations.NullMarked;
