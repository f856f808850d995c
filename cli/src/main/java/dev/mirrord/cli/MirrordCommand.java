package dev.mirrord.cli;

import dev.mirrord.session.Product;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/** {@code mirrord} without a subcommand: help. Without annotations, to read which takes long. */
final class MirrordCommand extends CommandGroup {
    private MirrordCommand() {}

    static CommandSpec spec() {
        MirrordCommand command = new MirrordCommand();
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command);
        command.spec = spec;
        spec.name("mirrord").version("mirrord " + Product.VERSION);
        spec.usageMessage()
                .synopsisSubcommandLabel("COMMAND")
                .description(
                        "Run a local, unmodified container image in the context of a Kubernetes"
                                + " pod.")
                .footerHeading("%nExamples:%n")
                .footer(
                        "  mirrord container -t pod/x -- docker run myimg",
                        "  mirrord container -t deployment/web -n shop --steal -- docker run --rm"
                                + " -it myimg",
                        "  mirrord container -t targetless -n shop -- docker run --rm curlimg curl"
                                + " http://web");
        spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .scopeType(ScopeType.INHERIT)
                        .description("Show this help and exit.")
                        .build());
        spec.addOption(
                OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description(
                                "Show the version and exit; the command version tells of all"
                                        + " parts.")
                        .build());
        spec.addOption(
                OptionSpec.builder("--stacktrace")
                        .scopeType(ScopeType.INHERIT)
                        .description("Show the stack trace of a failure.")
                        .build());
        return spec;
    }
}
