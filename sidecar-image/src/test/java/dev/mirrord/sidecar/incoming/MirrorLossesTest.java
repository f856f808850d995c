package dev.mirrord.sidecar.incoming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.Counters.Counter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MirrorLossesTest {
    private final List<String> said = new ArrayList<>();
    private final Counters counters = new Counters();
    private final MirrorLosses losses = new MirrorLosses(counters, said::add);

    @Test
    void eachKindIsCountedAlwaysAndSaidOnce() {
        losses.told(80, "{\"lost\":{\"incomplete\":2}}");
        losses.told(80, "{\"lost\":{\"incomplete\":3,\"openBefore\":1}}");
        assertThat(counters.get(Counter.MIRROR_INCOMPLETE)).isEqualTo(5);
        assertThat(counters.get(Counter.MIRROR_OPEN_BEFORE)).isEqualTo(1);
        assertThat(said).hasSize(2).allMatch(text -> text.startsWith("port 80: "));
    }

    @Test
    void otherNoticesCountNothing() {
        losses.told(80, "{\"notice\":\"mirroring has ended\"}");
        assertThat(said).isEmpty();
    }
}
