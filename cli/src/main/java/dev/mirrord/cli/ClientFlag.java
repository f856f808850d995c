package dev.mirrord.cli;

import picocli.CommandLine.Option;

/** {@code --runtime}: whose engine is meant where no container line says it. */
final class ClientFlag {
    @Option(
            names = "--runtime",
            paramLabel = "docker|podman",
            description = "Whose engine; default: docker's.")
    String client = "docker";
}
