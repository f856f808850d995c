/**
 * JSON, YAML and TOML text in, a small tree of values that know their file, line and column out.
 * YAML and TOML parsers are loaded only when such a file is read.
 */
@NullMarked
package dev.mirrord.config.source;

import org.jspecify.annotations.NullMarked;
