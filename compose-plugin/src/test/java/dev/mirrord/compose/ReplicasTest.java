package dev.mirrord.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicasTest {
    private static final Replicas THREE = new Replicas(Map.of("web", 3));

    @Test
    void theFilesSayHowManyThereAreUnlessTheCommandLineDoes() {
        assertThat(after("up -d", 1).count("web")).isEqualTo(2);
        assertThat(after("up --scale web=4", 1).count("web")).isEqualTo(4);
        assertThat(after("up --scale=web=1 -d", 3).count("web")).isEqualTo(1);
        assertThat(after("scale web=5", 3).count("web")).isEqualTo(5);
    }

    @Test
    void whatACommandIsNotAboutStaysAsItIs() {
        assertThat(after("run web sh", 3).count("web")).isEqualTo(3);
        assertThat(after("up redis", 3).count("web")).isEqualTo(3);
        assertThat(after("scale redis=2", 3).count("web")).isEqualTo(3);
        assertThat(after("up web", 3).count("web")).isEqualTo(2);
    }

    @Test
    void anOverrideFileKeepsThem() {
        YamlText out = new YamlText("services:\n");
        THREE.write(out);
        assertThat(Replicas.in(out.toString())).isEqualTo(THREE);
        assertThat(Replicas.in("services:\n").counts()).isEmpty();
    }

    @Test
    void thoseBeyondAreNamed() {
        assertThat(THREE.beyond(new Replicas(Map.of()))).containsExactly("web-2", "web-3");
        assertThat(THREE.beyond(new Replicas(Map.of("web", 2)))).containsExactly("web-3");
        assertThat(THREE.beyond(new Replicas(Map.of("web", 0)))).containsExactly("web-2", "web-3");
        assertThat(THREE.beyond(THREE)).isEmpty();
    }

    private static Replicas after(String words, int before) {
        JsonNode project =
                Docker.parse(
                        """
                        {"services": {"web": {"deploy": {"replicas": 2}, "x-mirrord": {}}, "redis": {}}}
                        """);
        return Replicas.of(
                new Project(project, project, () -> project),
                ComposeLine.of(List.of(words.split(" "))),
                new Replicas(Map.of("web", before)));
    }
}
