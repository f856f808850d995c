package dev.mirrord.session.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LastingControlTest {
    private final TestingSidecar sidecar = new TestingSidecar();
    private final TestingSidecar.Ears ears = new TestingSidecar.Ears();
    private final AtomicInteger resumed = new AtomicInteger();
    private final LastingControl control =
            new LastingControl(sidecar, ears, resumed::incrementAndGet).open();

    @Test
    void aRestartedSidecarIsToldEverythingAnew() throws Exception {
        TestingSidecar.Process first = next();
        say("bootstrap", "agent");
        tell(first, "connected");
        first.die();

        TestingSidecar.Process second = next();
        awaitHeard(second, "bootstrap", "agent");
        tell(second, "connected");
        say("certificate");

        awaitHeard(second, "bootstrap", "agent", "certificate");
        awaitEars("connected", "connected");
        assertThat(resumed).hasValue(1);
    }

    @Test
    void whatIsSaidWhileNobodyAnswersIsHeardByTheNext() throws Exception {
        TestingSidecar.Process first = next();
        say("bootstrap");
        first.heard.deaf = true;
        say("agent");
        first.die();

        awaitHeard(next(), "bootstrap", "agent");
    }

    @Test
    void aProcessThatDiesBeforeItAnswersIsDialledAgainWithoutAWord() throws Exception {
        next().die();
        next().die();
        tell(next(), "connected");
        awaitEars("connected");
        assertThat(resumed).hasValue(1);
    }

    @Test
    void theConversationIsOverWithTheContainer() throws Exception {
        sidecar.alive = false;
        next().die();

        awaitEars("closed");
        assertThat(sidecar.processes).isEmpty();
        assertThatThrownBy(() -> say("agent")).isInstanceOf(IOException.class);
    }

    @Test
    void aSidecarThatHasFailedIsNotDialledAgain() throws Exception {
        TestingSidecar.Process first = next();
        tell(first, "failed");
        first.die();

        awaitEars("failed", "closed");
        assertThat(sidecar.processes).isEmpty();
    }

    @Test
    void afterTheEndNobodyIsDialled() throws Exception {
        TestingSidecar.Process first = next();
        say("end");
        first.die();

        awaitEars("closed");
        assertThat(sidecar.processes).isEmpty();
    }

    private TestingSidecar.Process next() throws InterruptedException {
        return Objects.requireNonNull(sidecar.processes.poll(10, TimeUnit.SECONDS));
    }

    private void say(String... types) throws IOException {
        for (String type : types) {
            control.send(SidecarControl.message(type));
        }
    }

    private static void tell(TestingSidecar.Process process, String type) {
        process.say(SidecarControl.message(type));
    }

    private static void awaitHeard(TestingSidecar.Process process, String... types) {
        while (!process.types().equals(Arrays.asList(types))) {
            Thread.onSpinWait();
        }
    }

    private void awaitEars(String... types) {
        while (!ears.types.equals(List.of(types))) {
            Thread.onSpinWait();
        }
    }
}
