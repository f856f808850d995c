package dev.mirrord.agent.http;

import java.util.Optional;

/**
 * A header field of requests to the app that the agent alone may write: what clients send in it is
 * taken out.
 *
 * @param value empty: the field is absent
 */
public record OwnField(String name, Optional<String> value) {}
