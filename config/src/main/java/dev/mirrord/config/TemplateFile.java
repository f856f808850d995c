package dev.mirrord.config;

import dev.mirrord.config.source.Document;
import dev.mirrord.config.source.Format;
import dev.mirrord.config.source.GitBranch;
import dev.mirrord.config.source.SyntaxException;
import dev.mirrord.config.source.Template;
import dev.mirrord.config.source.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A configuration file that is filled in before it is read. */
final class TemplateFile {
    private static final String BRANCH_VARIABLE = "MIRRORD_BRANCH_NAME";

    private static final Pattern START = Pattern.compile("\\{\\{|\\{%|\\{#");

    private TemplateFile() {}

    /** False if the text has no template: most have none, and the engine stays unloaded. */
    static boolean isNeeded(String text) {
        return START.matcher(text).find();
    }

    /** The file's own {@code key} may be a template, too, and holds for the rest of the file. */
    static Value.Table parse(String name, Format format, String text, ConfigSources sources)
            throws SyntaxException {
        Template template = new Template(name, text);
        Map<String, Object> variables = new HashMap<>();
        ConfigLoader.variable(sources, BRANCH_VARIABLE)
                .or(() -> GitBranch.of(sources.directory()))
                .ifPresent(branch -> variables.put("git_branch", branch));
        Optional<String> set =
                sources.flags()
                        .textOf(Keys.KEY)
                        .or(
                                () ->
                                        ConfigLoader.variable(
                                                sources, Keys.KEY.variable().orElseThrow()));
        variables.put("key", set.orElseGet(() -> System.getProperty("user.name", "")));
        Value.Table first =
                Document.parse(name, format, template.fill(variables, sources.environment()));
        if (set.isEmpty() && first.entries().get("key") instanceof Value.Text key) {
            variables.put("key", key.value());
            return Document.parse(name, format, template.fill(variables, sources.environment()));
        }
        return first;
    }
}
