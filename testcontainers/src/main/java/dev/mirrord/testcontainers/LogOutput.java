package dev.mirrord.testcontainers;

import dev.mirrord.session.SessionOutput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sessions say goes to the log of the test. */
final class LogOutput implements SessionOutput {
    private static final Logger LOG = LoggerFactory.getLogger("mirrord");

    @Override
    public void notice(String text) {
        LOG.info("{}", text);
    }

    @Override
    public void detail(String text) {
        LOG.debug("{}", text);
    }
}
