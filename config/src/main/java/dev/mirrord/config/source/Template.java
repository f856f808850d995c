package dev.mirrord.config.source;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.AttributeNotFoundException;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.extension.AbstractExtension;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.loader.StringLoader;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The templates that users may write in their files: Jinja's syntax, as Pebble reads it. */
public final class Template {
    private static final int MOST = 1 << 20;

    private final String name;
    private final String text;

    /**
     * @param name how messages call the text
     */
    public Template(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /**
     * Fills it in.
     *
     * @param variables {@code key}, {@code git_branch}; one that is missing is undefined
     * @param environment what {@code get_env} looks into
     * @throws SyntaxException for a broken template or an undefined name, with its line
     */
    public String fill(Map<String, Object> variables, Map<String, String> environment)
            throws SyntaxException {
        Writer filled = new StringWriter();
        try {
            new PebbleEngine.Builder()
                    .loader(new StringLoader())
                    .autoEscaping(false)
                    .strictVariables(true)
                    .newLineTrimming(false)
                    .cacheActive(false)
                    .maxRenderedSize(MOST)
                    .extension(new Environment(environment))
                    .build()
                    .getTemplate(text)
                    .evaluate(filled, variables);
        } catch (AttributeNotFoundException e) {
            throw new SyntaxException(
                    place(e), "the template's name " + e.getAttributeName() + " is not defined", e);
        } catch (PebbleException e) {
            throw new SyntaxException(place(e), "broken template: " + e.getPebbleMessage(), e);
        } catch (IOException e) {
            throw new SyntaxException(Location.of(name), "broken template: " + e.getMessage(), e);
        }
        return filled.toString();
    }

    private Location place(PebbleException e) {
        Integer line = e.getLineNumber();
        return line == null || line < 1 ? Location.of(name) : new Location(name, line, 1);
    }

    /** {@code get_env(name="X", default="y")}. */
    private static final class Environment extends AbstractExtension implements Function {
        private final Map<String, String> variables;

        Environment(Map<String, String> variables) {
            this.variables = variables;
        }

        @Override
        public Map<String, Function> getFunctions() {
            return Map.of("get_env", this);
        }

        @Override
        public List<String> getArgumentNames() {
            return List.of("name", "default");
        }

        @Override
        public Object execute(
                Map<String, Object> arguments,
                PebbleTemplate self,
                EvaluationContext context,
                int line) {
            if (!(arguments.get("name") instanceof String asked)) {
                throw new PebbleException(
                        null, "get_env needs a name: get_env(name=\"X\")", line, self.getName());
            }
            @Nullable Object found = variables.get(asked);
            if (found == null) {
                found = arguments.get("default");
            }
            if (found == null) {
                throw new PebbleException(
                        null,
                        asked + " is not set, and get_env has no default",
                        line,
                        self.getName());
            }
            return found;
        }
    }
}
