package dev.mirrord.config;

import java.util.List;

/** The reference of all options, as Markdown. */
public final class ConfigReference {
    private final KeyNotes notes = KeyNotes.load();
    private final StringBuilder text = new StringBuilder();

    private ConfigReference() {}

    /** The whole document; the same for the same version. */
    public static String markdown() {
        ConfigReference reference = new ConfigReference();
        reference.write();
        return reference.text.toString();
    }

    private void write() {
        text.append(
                """
                # Configuration

                Written by `mirrord config reference`. A file is JSON, YAML or TOML, by its extension: `-f FILE`, or MIRRORD_CONFIG_FILE; `-f` alone
                takes `.mirrord/mirrord.json`. A command-line flag wins over a variable, a variable over the file, the file over the default. A list of one may be
                written without brackets; in variables, lists of names and expressions are separated by `;`, ports by `,`. Unknown keys are errors.

                `mirrord config verify FILE` checks a file, `mirrord config show` says what holds and where it comes from, `mirrord config schema` prints
                the [JSON Schema](mirrord.schema.json) with which an editor completes and checks: `"$schema": "…/mirrord.schema.json"`.

                ## Templates

                """);
        text.append(TEMPLATES);
        String group = "";
        for (Key<?> key : Keys.all()) {
            String its = group(key.path());
            if (!its.equals(group)) {
                group = its;
                heading(group);
            }
            row(key);
        }
        shorthands();
        missing();
    }

    private static final String TEMPLATES =
            """
            Before it is parsed, a file that holds `{{` or `{%` is filled in as a template (Jinja's syntax): `{{ key }}` is the session's key, `{{ git_branch }}`
            the branch of the directory (MIRRORD_BRANCH_NAME wins; undefined with a detached HEAD), `{{ get_env(name="X", default="y") }}` a variable. What is undefined is an
            error, with its line.
            """;

    private void heading(String group) {
        text.append("\n## ")
                .append(group.isEmpty() ? "Root" : "`" + group + "`")
                .append(
                        "\n\n"
                                + "| key | value | default | variable | meaning |\n"
                                + "|---|---|---|---|---|\n");
    }

    private void row(Key<?> key) {
        KeyNotes.Note note = notes.of(key);
        text.append("| `")
                .append(key.path())
                .append("` | ")
                .append(cell(key.type().shape().words()))
                .append(" | ")
                .append(note.standard().map(standard -> "`" + standard + "`").orElse(""))
                .append(" | ")
                .append(key.variable().orElse(""))
                .append(" | ")
                .append(cell(note.meaning()))
                .append(" |\n");
    }

    private void shorthands() {
        text.append("\n## In short\n\n| key | may also be |\n|---|---|\n");
        Shorthands.all()
                .forEach(
                        (path, shape) ->
                                text.append(
                                        "| `%s` | %s |%n".formatted(path, cell(shape.words()))));
    }

    private void missing() {
        text.append(
                "\n## Known, but not in this version\n\n| key | is | instead |\n|---|---|---|\n");
        NotImplemented.all()
                .forEach(
                        entry ->
                                text.append(
                                        "| `%s` | %s | %s |%n"
                                                .formatted(
                                                        entry.path(),
                                                        entry.refused() ? "refused" : "ignored",
                                                        cell(entry.instead()))));
    }

    /** The first two steps of a path below {@code feature}, else the first. */
    private static String group(String path) {
        List<String> steps = List.of(path.split("\\."));
        int depth = steps.getFirst().equals("feature") ? Math.min(3, steps.size() - 1) : 1;
        if (steps.size() == 1) {
            return "";
        }
        return String.join(".", steps.subList(0, depth));
    }

    private static String cell(String words) {
        return words.replace("|", "\\|");
    }
}
