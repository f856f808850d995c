/**
 * HTTP filters: regular expressions, JSONPath and conditions as they are written come in; what the
 * agent reads (docs/protocol.md, section 1) goes out, as JSON text. No state.
 */
@NullMarked
package dev.mirrord.config.http;

import org.jspecify.annotations.NullMarked;
