/**
 * Whole sessions. What comes in: the `mirrord` command of this checkout, a Docker Engine, and a
 * cluster whose kubeconfig {@code MIRRORD_TEST_KUBECONFIG} names, with the shop of
 * dev/cluster/manifests in it. What goes out: nothing; every test checks that nothing is left.
 */
@NullMarked
package dev.mirrord.it;

import org.jspecify.annotations.NullMarked;
