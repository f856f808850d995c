/**
 * Network namespaces of other processes, and the processes themselves by pidfd. A namespace belongs
 * to the thread that entered it and to every socket made there; threads that enter one are named
 * platform threads and never go back to a pool.
 */
@NullMarked
package dev.mirrord.linux.namespace;

import org.jspecify.annotations.NullMarked;
