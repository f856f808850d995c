/** What the cluster's tests share: the cluster under test and who may use it. */
@NullMarked
package dev.mirrord.session.kubernetes;

import org.jspecify.annotations.NullMarked;
