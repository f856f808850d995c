package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is published about the options is what the options are. */
class ConfigDocumentsTest {
    private static final Path DOCS = Path.of("../docs");
    private static final JsonSchema SCHEMA =
            JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(ConfigSchema.json());

    @Test
    void theReferenceIsWhatTheCommandPrints() throws IOException {
        assertThat(Files.readString(DOCS.resolve("configuration.md")))
                .as("./mirrord config reference > docs/configuration.md")
                .isEqualTo(ConfigReference.markdown());
    }

    @Test
    void theSchemaIsWhatTheCommandPrints() throws IOException {
        assertThat(Files.readString(DOCS.resolve("mirrord.schema.json")))
                .as("./mirrord config schema > docs/mirrord.schema.json")
                .isEqualTo(ConfigSchema.json());
    }

    @Test
    void everyOptionHasItsNoteAndNoNoteIsLeftOver() {
        assertThat(KeyNotes.load().all().keySet())
                .containsExactlyElementsOf(Keys.all().stream().map(Key::path).toList());
    }

    @Test
    void aDefaultWrittenIntoAFileChangesNothing() {
        MirrordConfig standard = TestingConfig.json("{}");
        KeyNotes.load()
                .all()
                .forEach(
                        (path, note) ->
                                note.standard()
                                        .ifPresent(
                                                text ->
                                                        assertThat(
                                                                        TestingConfig.json(
                                                                                nested(path, text)))
                                                                .as(path)
                                                                .isEqualTo(standard)));
    }

    private static String nested(String path, String value) {
        String text = value;
        String[] steps = path.split("\\.");
        for (int i = steps.length - 1; i >= 0; i--) {
            text = "{\"" + steps[i] + "\":" + text + "}";
        }
        return text;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'$schema':'x','target':'deployment/web'}",
                "{'target':{'deployment':'web','container':'app','namespace':'shop'}}",
                "{'target':{'path':{'labels':{'app':'web'}},'namespace':'shop'}}",
                "{'agent':{'image':'x:1','labels':{'a':'b'},'resources':{'limits':{'cpu':1}}}}",
                "{'agent':{'image':{'registry':'r/x','tag':'1'}}}",
                "{'feature':{'env':false,'fs':'read','network':{'incoming':'steal','dns':false}}}",
                "{'feature':{'env':{'include':'A_*','override':{'A':'b'},'unset':['X']}}}",
                "{'feature':{'network':{'incoming':{'mode':'steal','ports':80,"
                        + "'port_mapping':[[8080,80]],'http_filter':{'all_of':[{'header':'a'},"
                        + "{'body':'json','query':'$.a','matches':'b'}],'ports':[80]}}}}}",
                "{'feature':{'network':{'outgoing':{'filter':{'remote':['tcp://10.0.0.0/8']}}}}}",
                "{'operator':false,'telemetry':true}"
            })
    void whatIsReadIsValid(String file) {
        assertThat(TestingConfig.problems(json(file))).isEmpty();
        assertThat(SCHEMA.validate(json(file), InputFormat.JSON)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'traget':'pod/x'}",
                "{'target':true}",
                "{'target':{'pood':'x'}}",
                "{'agent':{'ttl':-1}}",
                "{'agent':{'labels':{'a':1}}}",
                "{'operator':true}",
                "{'feature':{'fs':'raed'}}",
                "{'feature':{'network':{'incoming':{'ports':[0]}}}}",
                "{'feature':{'network':{'incoming':{'port_mapping':[[1]]}}}}",
                "{'feature':{'network':{'incoming':{'mode':'steal','http_filter':{'any_of':[]}}}}}"
            })
    void whatIsRefusedIsInvalid(String file) {
        assertThat(TestingConfig.problems(json(file))).isNotEmpty();
        assertThat(SCHEMA.validate(json(file), InputFormat.JSON)).isNotEmpty();
    }

    @Test
    void whatIsSetIsShownWithItsPlace() throws ConfigException {
        SettingsReport report =
                TestingConfig.report(
                        "{\"feature\":{\"fs\":true,\"network\":{\"incoming\":{\"mode\":\"steal\","
                                + "\"http_filter\":{\"path_filter\":\"^/a\"},"
                                + "\"port_mapping\":[[8080,80]]}}}}",
                        Map.of("MIRRORD_HTTP_METHOD_FILTER", "GET", "MIRRORD_AGENT_TTL", "7"),
                        false);
        assertThat(report.lines())
                .extracting(line -> line.path() + "=" + line.value() + " " + line.origin())
                .containsExactly(
                        "agent.ttl=7 MIRRORD_AGENT_TTL",
                        "feature.fs.mode=read <stdin>:1:18",
                        "feature.network.incoming.mode=steal <stdin>:1:53",
                        "feature.network.incoming.port_mapping=[[8080, 80]] <stdin>:1:112",
                        "feature.network.incoming.http_filter.path_filter=^/a <stdin>:1:90",
                        "feature.network.incoming.http_filter.method_filter=GET"
                                + " MIRRORD_HTTP_METHOD_FILTER");
    }

    @Test
    void whatIsNotSetIsShownWithItsDefault() throws ConfigException {
        assertThat(TestingConfig.report("{}", Map.of(), true).lines())
                .contains(new SettingsReport.Line("agent.ttl", 5L, "default"));
    }

    private static String json(String singleQuoted) {
        return singleQuoted.replace('\'', '"');
    }
}
