package dev.mirrord.session.kubernetes.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {

    private static final String FORMS =
            "; write targetless, pod/NAME or deployment/NAME, each of the last two optionally with"
                    + " /container/CONTAINER";

    @Test
    void readsEachForm() {
        assertThat(Target.parse("targetless")).isEqualTo(new Target.Targetless());
        assertThat(Target.parse("pod/web-1.x")).isEqualTo(new Target.Pod("web-1.x", null));
        assertThat(Target.parse("pod/web/container/app")).isEqualTo(new Target.Pod("web", "app"));
        assertThat(Target.parse("deployment/web")).isEqualTo(new Target.Deployment("web", null));
        assertThat(Target.parse("deploy/web/container/app"))
                .isEqualTo(new Target.Deployment("web", "app"));
    }

    @Test
    void printsAsItIsWritten() {
        assertThat(Target.parse("deploy/web/container/app"))
                .hasToString("deployment/web/container/app");
        assertThat(Target.parse("pod/web")).hasToString("pod/web");
        assertThat(Target.parse("targetless")).hasToString("targetless");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "web | a kind is missing: did you mean deployment/web?",
                "pods/web | unknown kind 'pods', did you mean pod?",
                "deplyment/web | unknown kind 'deplyment', did you mean deployment?",
                "pod | the name is missing",
                "pod/ | a name is missing",
                "pod//container/app | a name is missing",
                "pod/web/ | there is a slash too many",
                "pod/web/app | 'app' stands where only 'container' may",
                "pod/web/container | the container's name is missing",
                "pod/web/container/ | a name is missing",
                "pod/Web | 'Web' is not a Kubernetes name",
                "statefulset/db | targets of kind statefulset are not supported yet",
                "service/web | targets of kind service are not supported yet",
            })
    void saysWhatIsWrong(String text, String why) {
        assertThatThrownBy(() -> Target.parse(text))
                .hasMessage("target '" + text + "' cannot be understood: " + why + FORMS);
    }
}
