package dev.mirrord.config;

import dev.mirrord.config.source.Document;
import dev.mirrord.config.source.Format;
import dev.mirrord.config.source.SyntaxException;
import dev.mirrord.config.source.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Puts the sources together: defaults, the file, the environment, the flags; the last one wins. */
public final class ConfigLoader {
    private static final String FILE_VARIABLE = "MIRRORD_CONFIG_FILE";

    private ConfigLoader() {}

    /**
     * @throws ConfigException with every problem of every source
     */
    public static LoadedConfig load(ConfigSources sources) throws ConfigException {
        Problems problems = new Problems();
        return resolve(read(sources, problems), problems, sources);
    }

    /**
     * Takes {@code document} for the configuration file, and no other.
     *
     * @throws ConfigException with every problem of every source
     */
    public static LoadedConfig load(Value.Table document, ConfigSources sources)
            throws ConfigException {
        Problems problems = new Problems();
        Settings settings = new Settings();
        new TreeWalk(settings, problems).walk(document);
        return resolve(settings, problems, sources);
    }

    /**
     * Loads it, too, and tells what was set where.
     *
     * @param withDefaults also what was set nowhere
     * @throws ConfigException with every problem of every source
     */
    public static SettingsReport report(ConfigSources sources, boolean withDefaults)
            throws ConfigException {
        Problems problems = new Problems();
        Settings settings = read(sources, problems);
        LoadedConfig loaded = resolve(settings, problems, sources);
        return SettingsReport.of(settings, withDefaults, loaded.warnings());
    }

    private static Settings read(ConfigSources sources, Problems problems) {
        Settings settings = new Settings();
        Optional<String> file = sources.file().or(() -> variable(sources, FILE_VARIABLE));
        if (file.isPresent()) {
            try {
                new TreeWalk(settings, problems).walk(parse(file.get(), sources));
            } catch (SyntaxException e) {
                problems.error(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                problems.error(unreadable("configuration file", file.get(), e));
            }
        }
        return settings;
    }

    private static LoadedConfig resolve(Settings settings, Problems problems, ConfigSources sources)
            throws ConfigException {
        EnvironmentVariables.addTo(settings, sources.environment(), problems);
        sources.flags().addTo(settings, problems);
        problems.check();
        MirrordConfig config = new Resolver(settings, problems, sources).resolve();
        problems.check();
        return new LoadedConfig(config, problems.warnings());
    }

    private static Value.Table parse(String file, ConfigSources sources)
            throws IOException, SyntaxException {
        if (file.equals("-")) {
            byte[] bytes = sources.stdin().readAllBytes();
            return parse("<stdin>", Format.JSON, text(bytes), sources);
        }
        Format format = Format.of(file);
        return parse(file, format, read(sources.directory().resolve(file)), sources);
    }

    private static Value.Table parse(String name, Format format, String text, ConfigSources sources)
            throws SyntaxException {
        return TemplateFile.isNeeded(text)
                ? TemplateFile.parse(name, format, text, sources)
                : Document.parse(name, format, text);
    }

    /** Empty strings count as not set, as in shells' {@code VAR= command}. */
    static Optional<String> variable(ConfigSources sources, String name) {
        return Optional.ofNullable(sources.environment().get(name)).filter(v -> !v.isEmpty());
    }

    static String read(Path path) throws IOException {
        return text(Files.readAllBytes(path));
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }

    static String unreadable(String what, String file, IOException e) {
        String why =
                switch (e) {
                    case NoSuchFileException _ -> "it does not exist";
                    case CharacterCodingException _ -> "it is not UTF-8 text";
                    case AccessDeniedException _ -> "permission denied";
                    default -> String.valueOf(e.getMessage());
                };
        return "cannot read the " + what + " " + file + ": " + why;
    }
}
