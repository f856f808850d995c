package dev.mirrord.session;

import dev.mirrord.config.MirrordConfig;
import java.util.List;

/**
 * What a front end asks for.
 *
 * @param command the container line as the user typed it: {@code docker run …}
 */
public record SessionRequest(MirrordConfig config, List<String> command) {}
