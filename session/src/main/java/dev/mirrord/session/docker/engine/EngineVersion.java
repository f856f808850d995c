package dev.mirrord.session.docker.engine;

/** What runs at the other end. */
public record EngineVersion(
        String version, String apiVersion, String operatingSystem, String architecture) {

    /** {@code 20.10.24, API 1.41, linux/amd64}. */
    @Override
    public String toString() {
        return "%s, API %s, %s/%s".formatted(version, apiVersion, operatingSystem, architecture);
    }
}
