/**
 * The netfilter queue by netlink (nfnetlink_queue): packets that a rule holds come in, verdicts
 * with a mark go out. A queue owns its netlink socket; when it is closed the kernel drops what it
 * holds.
 */
@NullMarked
package dev.mirrord.linux.netfilter;

import org.jspecify.annotations.NullMarked;
