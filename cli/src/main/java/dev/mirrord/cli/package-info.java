/**
 * The {@code mirrord} command: arguments come in, an exit code and text for a person go out.
 * Everything that it does is in {@link dev.mirrord.session}; here are only the names of options,
 * help, and the one place that turns failures into text.
 */
@NullMarked
package dev.mirrord.cli;

import org.jspecify.annotations.NullMarked;
