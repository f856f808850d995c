package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mirrord completion bash}, as bash calls it. */
class CompletionClusterIT {
    private static final String SCRIPT =
            """
            PATH=$(dirname "$1"):$PATH
            source <(mirrord completion bash)
            compopt() { :; }
            read -ra COMP_WORDS <<<"$2"
            [[ $2 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _mirrord
            printf '%s ' "${COMPREPLY[@]}"
            """;

    @ParameterizedTest
    @CsvSource({
        "mirrord con, config container",
        "mirrord container -n shop -t st, statefulset/",
        "mirrord container -n shop -t deployment/w, deployment/web",
        "mirrord container -t statefulset/orders -n sho, shop",
        "'mirrord ls -o ', json table",
        "mirrord container --st, --stacktrace --steal",
        "mirrord container -n no-such -t deployment/, ''",
        "mirrord container -t pod/x -- docker r, ''"
    })
    void theNextWordIsOffered(String line, String offered) {
        Command.Result said =
                Command.run("bash", "-c", SCRIPT, "bash", Command.ROOT + "/mirrord", line).orFail();
        assertThat(said.out().strip()).isEqualTo(offered);
    }
}
