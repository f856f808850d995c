package dev.mirrord.cli;

import dev.mirrord.session.Product;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** Writes the manual pages; the build of the packages runs it. */
@Command
final class ManualCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIRECTORY", description = "Is made if it is missing.")
    Path directory = Path.of("");

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(directory);
        String epoch = System.getenv("SOURCE_DATE_EPOCH");
        Instant built =
                epoch == null ? Instant.now() : Instant.ofEpochSecond(Long.parseLong(epoch));
        String date = LocalDate.ofInstant(built, ZoneOffset.UTC).toString();
        for (Map.Entry<String, String> page : pages(date).entrySet()) {
            Files.writeString(directory.resolve(page.getKey() + ".1"), page.getValue());
        }
        return 0;
    }

    /** The pages by their names. */
    static Map<String, String> pages(String date) {
        Map<String, String> pages = new LinkedHashMap<>();
        add(CommandTree.whole().getCommandSpec(), date, pages);
        return pages;
    }

    private static void add(CommandSpec command, String date, Map<String, String> pages) {
        String version = "mirrord " + Product.VERSION;
        pages.put(ManualPage.name(command), new ManualPage(command, version, date).text());
        ManualPage.subcommands(command).forEach(each -> add(each, date, pages));
    }
}
