package dev.mirrord.cli;

import dev.mirrord.session.Checkup;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mirrord doctor}: what a session needs, looked at one by one. */
@Command
final class DoctorCommand implements Callable<Integer> {
    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "Of targets and agents; default: the context's.")
    @Nullable String namespace;

    @Mixin ClusterFlags cluster = new ClusterFlags();

    @Mixin ClientFlag runtime = new ClientFlag();

    @Override
    public Integer call() {
        List<Checkup.Finding> findings = Checkup.run(cluster.choice(namespace), runtime.client);
        findings.forEach(DoctorCommand::print);
        return findings.stream().anyMatch(f -> f.verdict() == Checkup.Verdict.FAILED) ? 1 : 0;
    }

    private static void print(Checkup.Finding finding) {
        String mark =
                switch (finding.verdict()) {
                    case OK -> "ok     ";
                    case WARNING -> "warning";
                    case FAILED -> "FAILED ";
                };
        System.out.printf("%s  %-16s %s%n", mark, finding.what(), finding.found());
        if (!finding.advice().isEmpty()) {
            System.out.printf("%-27s%s%n", "", finding.advice());
        }
    }
}
