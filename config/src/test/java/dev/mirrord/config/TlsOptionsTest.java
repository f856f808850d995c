package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsOptionsTest {
    private static final String FILES = "{'certificate':'/tls/c','key':'/tls/k'}";

    @TempDir private Path directory;

    private static String incoming(String options) {
        return ("{'feature':{'network':{'incoming':{'mode':'steal',"
                        + "'http_filter':{'path_filter':'/a'},%s}}}}")
                .formatted(options)
                .replace('\'', '"');
    }

    private static IncomingConfig of(String options) {
        return TestingConfig.json(incoming(options)).feature().network().incoming();
    }

    @Test
    void eachPortHasItsCertificatesAndAllHaveOneDelivery() {
        IncomingConfig config =
                of(
                        "'tls':[{'ports':443,'certificate':'/a','key':'/b','alpn':'http/1.1'},"
                                + "{'ports':[443,8443],'certificate':'/c','key':'/d'}],"
                                + "'tls_delivery':{'protocol':'tcp','server_name':'x.test'}");
        assertThat(config.tls(443))
                .contains(
                        "{\"identities\":[{\"certificate\":\"/a\",\"key\":\"/b\"},"
                                + "{\"certificate\":\"/c\",\"key\":\"/d\"}],"
                                + "\"alpn\":[\"http/1.1\"],"
                                + "\"delivery\":{\"protocol\":\"tcp\",\"serverName\":\"x.test\"}}");
        assertThat(config.tls(8443))
                .contains(
                        "{\"identities\":[{\"certificate\":\"/c\",\"key\":\"/d\"}],"
                                + "\"delivery\":{\"protocol\":\"tcp\",\"serverName\":\"x.test\"}}");
        assertThat(config.tls(80)).isEmpty();
    }

    @Test
    void certificatesOfThisMachineTravelAndKeysBesideThemDoNot() throws IOException {
        String certificate = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";
        Path file = directory.resolve("ca.pem");
        Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\nhidden\n-----END PRIVATE KEY-----\n" + certificate);
        IncomingConfig config =
                of(
                        "'tls':"
                                + FILES
                                + ",'tls_delivery':{'trust_roots':['%s'],'server_cert':'%s'}"
                                        .formatted(directory, file));
        assertThat(config.tls(443).orElseThrow())
                .doesNotContain("hidden")
                .containsOnlyOnce("\"roots\":\"" + certificate.replace("\n", "\\n"))
                .containsOnlyOnce("\"certificate\":\"" + certificate.replace("\n", "\\n"));
    }

    @Test
    void aSecretsKeyReachesTheSidecarAndNoText() {
        MirrordConfig config =
                TestingConfig.json(
                        incoming(
                                "'tls':{'secret':'web-tls','ports':[443],'clients':"
                                        + "{'trust_roots':'/ca','certificate':'/c','key':'/d'}}"));
        NetworkConfig network = config.feature().network();
        TlsIdentity named = network.incoming().tls().identities().getFirst();
        assertThat(named.secret()).contains("web-tls");
        TlsConfig read =
                new TlsConfig(
                        List.of(named.read("CERT", "hidden key")),
                        network.incoming().tls().delivery());
        SidecarConfig sidecar =
                new SidecarConfig(
                        config.feature().environment(),
                        true,
                        config.feature().files(),
                        new NetworkConfig(
                                true,
                                network.dns(),
                                network.outgoing(),
                                network.incoming().with(read)));
        SidecarConfig arrived = SidecarConfig.fromJson(sidecar.toJson());
        assertThat(arrived).isEqualTo(sidecar);
        assertThat(arrived.toString()).doesNotContain("hidden");
        assertThat(arrived.network().incoming().tls(443))
                .contains(
                        "{\"identities\":[{\"certificatePem\":\"CERT\",\"keyPem\":\"hidden"
                                + " key\",\"name\":\"Secret"
                                + " web-tls\"}],\"clients\":"
                                + "{\"roots\":\"/ca\",\"certificate\":\"/c\",\"key\":\"/d\"},"
                                + "\"delivery\":{\"protocol\":\"tls\"}}");
    }

    @Test
    void clientsOfATargetThatAsksForTheirCertificatesHaveTheirFilesAndTheAppIsTold() {
        IncomingConfig config =
                of(
                        "'tls':{'certificate':'/a','key':'/b','clients':"
                                + "{'trust_roots':'/ca','certificate':'/c','key':'/d'}},"
                                + "'tls_delivery':{'client_cert_header':'Client-Cert'}");
        assertThat(config.tls(443))
                .contains(
                        "{\"identities\":[{\"certificate\":\"/a\",\"key\":\"/b\"}],\"clients\":"
                            + "{\"roots\":\"/ca\",\"certificate\":\"/c\",\"key\":\"/d\"},"
                            + "\"delivery\":{\"protocol\":\"tls\",\"header\":\"Client-Cert\"}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'tls':{'certificate':'/a'} | needs either certificate and key",
                "'tls':{'secret':'s','key':'/a'} | needs either certificate and key",
                "'tls':{'certificate':'a','key':'/b'} | has a certificate that is not an absolute"
                        + " path",
                "'tls':{'secret':'s','alpn':'h3'} | must be one of h2, http/1.1",
                "'tls':{'secret':'s','port':1} | has an unknown key \"port\"",
                "'tls':{'secret':'s','clients':{'trust_roots':'/a','key':'/b'}} | has clients"
                        + " without trust_roots, certificate or key",
                "'tls':{'secret':'s'},'tls_delivery':{'client_cert_header':'X-C'} | has nothing to"
                        + " tell",
                "'tls':{'secret':'s'},'tls_delivery':{'client_cert_header':'Host'} | must be a"
                        + " header's name",
                "'tls_delivery':{'protocol':'tcp'} | has nothing to deliver",
                "'tls':{'secret':'s'},'tls_delivery':{'trust_roots':'/nothing/here'} |"
                        + " /nothing/here",
            })
    void aMistakeIsSaid(String options, String sentence) {
        String plain = options.replace("''", "'");
        assertThat(TestingConfig.problems(incoming(plain)))
                .singleElement()
                .asString()
                .contains(sentence);
    }

    @Test
    void withoutStealingOrAFilterItIsRefused() {
        String config = incoming("'tls':" + FILES);
        assertThat(TestingConfig.problems(config.replace("steal", "mirror")))
                .singleElement()
                .asString()
                .contains("a copy of TLS cannot be read");
        assertThat(
                        TestingConfig.problems(
                                config.replace("\"http_filter\":{\"path_filter\":\"/a\"},", "")))
                .singleElement()
                .asString()
                .contains("without one TLS is stolen whole");
    }
}
