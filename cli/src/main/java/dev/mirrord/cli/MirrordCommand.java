package dev.mirrord.cli;

import dev.mirrord.session.Product;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code mirrord} without a subcommand: help. */
@Command(
        name = "mirrord",
        version = "mirrord " + Product.VERSION,
        synopsisSubcommandLabel = "COMMAND",
        description = "Run a local, unmodified container image in the context of a Kubernetes pod.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  mirrord container -t pod/x -- docker run myimg",
            "  mirrord container -t deployment/web -n shop --steal -- docker run --rm -it myimg",
            "  mirrord container -t targetless -n shop -- docker run --rm curlimg curl http://web"
        })
final class MirrordCommand extends CommandGroup {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and exit; the command version tells of all parts.")
    boolean version;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of a failure.")
    boolean stacktrace;
}
