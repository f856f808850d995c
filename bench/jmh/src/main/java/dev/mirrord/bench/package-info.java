/**
 * Methods whose speed decides something. In: the product's own classes on loopback. Out: JMH's
 * figures. Whole paths are measured by bench/run.
 */
@NullMarked
package dev.mirrord.bench;

import org.jspecify.annotations.NullMarked;
