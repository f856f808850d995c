package dev.mirrord.config.source;

import java.util.Locale;

/** The formats of a configuration file, by extension; no extension means JSON. */
public enum Format {
    JSON,
    YAML,
    TOML;

    /**
     * @throws SyntaxException for an extension that names none of them
     */
    public static Format of(String fileName) throws SyntaxException {
        String base = fileName.substring(fileName.lastIndexOf('/') + 1);
        int dot = base.lastIndexOf('.');
        String extension = dot <= 0 ? "json" : base.substring(dot + 1).toLowerCase(Locale.ROOT);
        return switch (extension) {
            case "json" -> JSON;
            case "yaml", "yml" -> YAML;
            case "toml" -> TOML;
            default ->
                    throw new SyntaxException(
                            Location.of(fileName),
                            "extension ."
                                    + extension
                                    + " is not known: use .json, .yaml, .yml or .toml");
        };
    }
}
