/**
 * A whole session against stand-ins of engine, client and cluster, run while the product is built:
 * it fills the AOT cache (JEP 514) with what a session loads and links. Nothing here is used by a
 * session of a user's.
 */
@NullMarked
package dev.mirrord.session.training;

import org.jspecify.annotations.NullMarked;
