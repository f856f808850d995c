package dev.mirrord.session.kubernetes.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyChoiceTest {

    private static final URI SERVER = URI.create("https://api.example.test:6443");

    @Test
    void theKubeconfigsProxyWinsOverTheEnvironmentAndNoProxy() {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://other:1", "NO_PROXY", "*");
        assertThat(ProxyChoice.choose(SERVER, "socks5://p:1080", true, environment))
                .hasToString("socks5://p:1080");
    }

    @Test
    void theEnvironmentsProxyMayLackItsScheme() {
        assertThat(ProxyChoice.choose(SERVER, "", true, Map.of("https_proxy", "p:3128")))
                .hasToString("http://p:3128");
    }

    @Test
    void httpProxyIsForPlainServersOnly() {
        Map<String, String> environment = Map.of("HTTP_PROXY", "http://p:1");
        assertThat(ProxyChoice.choose(SERVER, "", true, environment)).isNull();
        assertThat(ProxyChoice.choose(URI.create("http://api.example.test"), "", true, environment))
                .hasToString("http://p:1");
    }

    @Test
    void loopbackIsNeverProxiedByTheEnvironment() {
        Map<String, String> environment = Map.of("HTTPS_PROXY", "http://p:1");
        for (String host : new String[] {"localhost", "127.0.0.1", "127.3.2.1", "[::1]"}) {
            URI server = URI.create("https://" + host + ":6443");
            assertThat(ProxyChoice.choose(server, "", true, environment)).isNull();
        }
        assertThat(ProxyChoice.choose(SERVER, "", false, environment)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.test, true",
        "example.test, true",
        ".example.test, true",
        "*.example.test, true",
        "*, true",
        "API.EXAMPLE.TEST, true",
        "api.example.test:6443, true",
        "api.example.test:443, false",
        "ample.test, false",
        "10.0.0.0/8, false",
    })
    void noProxyMatchesNamesAsGoDoes(String noProxy, boolean excluded) {
        assertThat(ProxyChoice.excluded(SERVER, noProxy)).isEqualTo(excluded);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.0.0.0/8, true",
        "10.1.2.3, 10.1.2.4/31, false",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 0.0.0.0/0, true",
        "[fd00::1], fd00::/8, true",
        "[fd00::1], 10.0.0.0/8, false",
        "10.1.2.3, 10.0.0.0/x, false",
    })
    void noProxyMatchesAddressesAsGoDoes(String host, String noProxy, boolean excluded) {
        assertThat(ProxyChoice.excluded(URI.create("https://" + host + ":6443"), noProxy))
                .isEqualTo(excluded);
    }

    @Test
    void anUnknownSchemeIsRefusedWithoutShowingThePassword() {
        assertThatThrownBy(() -> ProxyChoice.choose(SERVER, "ftp://me:secret@p:1", true, Map.of()))
                .hasMessage(
                        "the proxy of proxy-url cannot be used: its scheme is not http, https or"
                                + " socks5; write it as scheme://host:port");
    }
}
