package dev.mirrord.config;

import java.time.Duration;

/**
 * How requests to the Kubernetes API are repeated while a session starts.
 *
 * @param count repetitions after the first try
 */
public record StartupRetry(Duration shortest, Duration longest, int count) {}
