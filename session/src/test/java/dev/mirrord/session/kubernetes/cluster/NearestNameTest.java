package dev.mirrord.session.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {

    @Test
    void namesTheNearestFirst() {
        assertThat(NearestName.suggest("wbe", List.of("api", "web"), "deployments"))
                .isEqualTo("did you mean web? there are web, api");
    }

    @Test
    void doesNotGuessWhereNothingIsNear() {
        assertThat(NearestName.suggest("x", List.of("frontend"), "deployments"))
                .isEqualTo("there are frontend");
    }

    @Test
    void countsWhatItDoesNotList() {
        List<String> many = List.of("a1", "a2", "a3", "a4", "a5", "a6", "a7");
        assertThat(NearestName.suggest("a0", many, "pods"))
                .isEqualTo("did you mean a1? there are a1, a2, a3, a4, a5 and 2 more");
    }

    @Test
    void saysThatThereIsNothing() {
        assertThat(NearestName.suggest("x", List.of(), "pods")).isEqualTo("there are no pods");
    }
}
