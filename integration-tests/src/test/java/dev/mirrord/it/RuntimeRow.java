package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A row of the table in docs/runtimes.md: what was tried on one engine, and how it went. */
final class RuntimeRow {
    private static final Path FILE = Command.ROOT.resolve("docs/runtimes.md");

    private final String name;
    private final Map<String, Boolean> outcomes = new LinkedHashMap<>();
    private final List<Throwable> failures = new ArrayList<>();

    RuntimeRow(String name) {
        this.name = name;
    }

    /** Tries a column's feature. */
    void check(String column, Runnable trial) {
        try {
            trial.run();
            outcomes.put(column, true);
        } catch (RuntimeException | AssertionError failure) {
            outcomes.put(column, false);
            failures.add(failure);
        }
    }

    /** Holds the document to it; with MIRRORD_TEST_WRITE set, writes it there. */
    void compare() {
        StringBuilder row = new StringBuilder("| " + name + " |");
        outcomes.forEach((column, worked) -> row.append(worked ? " yes |" : " **no** |"));
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(FILE));
            int at = rowOf(lines);
            if (System.getenv("MIRRORD_TEST_WRITE") != null) {
                lines.set(at, row.toString());
                Files.write(FILE, lines);
            }
            assertThat(lines).as("columns").contains(header());
            AssertionError wrong =
                    new AssertionError("%s says of %s: %s".formatted(FILE, row, lines.get(at)));
            failures.forEach(wrong::addSuppressed);
            if (!lines.get(at).equals(row.toString()) || !failures.isEmpty()) {
                throw wrong;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int rowOf(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("| " + name + " |")) {
                return i;
            }
        }
        throw new AssertionError(FILE + " has no row for " + name);
    }

    private String header() {
        return "| Engine | " + String.join(" | ", outcomes.keySet()) + " |";
    }
}
