package dev.mirrord.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicaLineTest {
    private static final Replicas THREE = new Replicas(Map.of("web", 3));

    @Test
    void aServicesNameStandsForAllOfThem() {
        assertThat(line("logs -f web redis")).isEqualTo("logs -f web web-2 web-3 redis");
        assertThat(line("logs -t web")).isEqualTo("logs -t web web-2 web-3");
        assertThat(line("build --pull web")).isEqualTo("build --pull web web-2 web-3");
        assertThat(line("up --scale web=3 --attach web -d")).isEqualTo("up --attach web -d");
        assertThat(line("up --scale=web=3 web")).isEqualTo("up web web-2 web-3");
        assertThat(line("up --scale redis=2")).isEqualTo("up --scale redis=2");
        assertThat(line("run web web")).isEqualTo("run web web");
    }

    @Test
    void scaleBringsUpWhatIsScaledHere() {
        assertThat(line("scale --no-deps web=3 redis=2"))
                .isEqualTo(
                        "up --detach --no-recreate --no-deps web web-2 web-3 --scale redis=2"
                                + " redis");
        assertThat(line("scale redis=2")).isEqualTo("scale redis=2");
    }

    @Test
    void anIndexChoosesOne() {
        assertThat(line("exec --index 2 -e A=b web sh -c web"))
                .isEqualTo("exec -e A=b web-2 sh -c web");
        assertThat(line("exec --index=1 web sh --index=2")).isEqualTo("exec web sh --index=2");
        assertThat(line("port web 80 --index 2")).isEqualTo("port web-2 80");
        assertThat(line("port --protocol udp --index 2 web 80"))
                .isEqualTo("port --protocol udp web-2 80");
        assertThat(line("cp --index 3 web:/a b")).isEqualTo("cp web-3:/a b");
        assertThat(line("cp web web:/a:b --index 3")).isEqualTo("cp web web-3:/a:b");
    }

    @Test
    void anIndexOfAnotherServiceIsComposes() {
        assertThat(line("exec --index=2 redis sh")).isEqualTo("exec --index=2 redis sh");
        assertThat(line("exec --index 2 redis echo web"))
                .isEqualTo("exec --index 2 redis echo web");
        assertThat(line("exec --index 2")).isEqualTo("exec --index 2");
    }

    @Test
    void anIndexIsANumber() {
        assertThatThrownBy(() -> line("exec --index two web sh"))
                .isInstanceOf(ComposeFailure.class)
                .hasMessageContaining("not two");
    }

    private static String line(String words) {
        return String.join(" ", ReplicaLine.of(THREE, List.of(words.split(" "))));
    }
}
