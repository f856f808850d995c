package dev.mirrord.session.docker.engine;

/** What runs at the other end. */
public record EngineVersion(
        String version, String apiVersion, String operatingSystem, String architecture) {}
