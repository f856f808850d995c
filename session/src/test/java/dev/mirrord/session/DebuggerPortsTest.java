package dev.mirrord.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebuggerPortsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    java -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:8000 App  | 8000
                    java -agentlib:jdwp=transport=dt_socket,address=5006,server=y App              | 5006
                    java -Xrunjdwp:server=y,transport=dt_socket,address=0.0.0.0:8787 App            | 8787
                    node --inspect=0.0.0.0:9333 app.js                                             | 9333
                    node --inspect-brk=9334 app.js                                                 | 9334
                    python3 -m debugpy --listen 0.0.0.0:5679 app.py                                | 5679
                    python3 -m debugpy --wait-for-client --listen 5680 app.py                      | 5680
                    sh -c 'exec python3 -m debugpy --listen :5681 app.py'                          | 5681
                    dlv debug --headless --listen=:2346 ./cmd                                      | 2346
                    dlv exec -l 127.0.0.1:2347 /app                                                | 2347
                    """)
    void findsThePortOf(String line, int port) {
        assertThat(DebuggerPorts.of(List.of(line.strip().split(" ")), List.of()))
                .containsExactly(port);
    }

    @Test
    void findsThePortInTheEnvironment() {
        assertThat(
                        DebuggerPorts.of(
                                List.of("npm", "start"),
                                List.of("PORT=8080", "NODE_OPTIONS=--inspect=9444 --trace")))
                .containsExactly(9444);
    }

    @Test
    void leavesOrdinaryLinesAlone() {
        assertThat(
                        DebuggerPorts.of(
                                List.of("server", "--listen", "0.0.0.0:80", "--address=:8080"),
                                List.of("ADDRESS=:9090")))
                .isEmpty();
    }
}
