/** Tests of the port-forward: its codecs without I/O, the whole against a real API server. */
@NullMarked
package dev.mirrord.session.kubernetes.tunnel;

import org.jspecify.annotations.NullMarked;
