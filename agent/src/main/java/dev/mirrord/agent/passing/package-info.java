/**
 * Connections that the agent makes to the target itself. They carry marks by which the rules of
 * every session's agent, and every capture, know them: what has been stolen or copied once is not
 * stolen or copied again on its way to the target.
 */
@NullMarked
package dev.mirrord.agent.passing;

import org.jspecify.annotations.NullMarked;
