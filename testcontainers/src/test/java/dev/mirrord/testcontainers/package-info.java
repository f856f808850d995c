/** Tests with the real engine and cluster: see ./verify. */
@NullMarked
package dev.mirrord.testcontainers;

import org.jspecify.annotations.NullMarked;
