/**
 * What the user asked for. In come a configuration file, {@code MIRRORD_*} variables and
 * command-line flags ({@link dev.mirrord.config.ConfigSources}); out goes one immutable tree with
 * every default applied ({@link dev.mirrord.config.MirrordConfig}) and the warnings, or a {@link
 * dev.mirrord.config.ConfigException} with every problem found. Nothing here holds state.
 */
@NullMarked
package dev.mirrord.config;

import org.jspecify.annotations.NullMarked;
