package dev.mirrord.config.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
    static final List<String> PATTERNS =
            List.of(
                    "^/etc/app(/|$)",
                    "secret",
                    "\\.(conf|cfg)$",
                    "^/a+b*c?$",
                    "^/(a|ab)(c|bcd)(d*)",
                    "(a*)*b",
                    "(a|b)*?c",
                    "[^/]+/x",
                    "^/[a-c]{2,3}/",
                    "\\bsub\\b",
                    "x{0}y",
                    "^(/[^/]*){3}$",
                    "/(?<name>\\w+)\\.\\d+",
                    "(?-i)Secret",
                    "a.c",
                    "^$|^/$",
                    "[\\w.-]+$");

    private static final String ALPHABET = "abcdxySecret/.0 ";

    /** Thousands of texts of the kind that the patterns speak of. */
    static List<String> texts() {
        Random random = new Random(7);
        return random.ints(4000, 1, 16)
                .mapToObj(
                        length ->
                                random.ints(length, 0, ALPHABET.length())
                                        .mapToObj(i -> String.valueOf(ALPHABET.charAt(i)))
                                        .reduce("/", String::concat))
                .toList();
    }

    @Test
    void findsWhatJavasExpressionsFind() {
        for (String text : PATTERNS) {
            Expression expression = Expression.compile(text);
            Pattern pattern = Pattern.compile("(?i)" + text);
            for (String path : texts()) {
                Matcher matcher = pattern.matcher(path);
                Optional<int[]> found = expression.find(path);
                assertThat(found.isPresent()).as("%s in %s", text, path).isEqualTo(matcher.find());
                if (found.isPresent()) {
                    assertThat(found.get()[0])
                            .as("%s in %s", text, path)
                            .isEqualTo(matcher.start());
                    assertThat(found.get()[1]).as("%s in %s", text, path).isEqualTo(matcher.end());
                }
            }
        }
    }

    @Test
    void takesNoLongerForAnExpressionThatIsSlowElsewhere() {
        assertThat(Expression.compile("^(a|aa)+$").find("a".repeat(4000) + "b")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                ")",
                "[",
                "[a",
                "a{",
                "a{2,1}",
                "*a",
                "\\",
                "(?=a)",
                "(?<!a)b",
                "a{1001}",
                "\\p{L}",
                "[é]",
                "a++",
                "(?<n",
                "\\1",
                "((a{100}){100}){100}",
                "[[:alpha:]]"
            })
    void saysWhatItDoesNotKnow(String text) {
        assertThatThrownBy(() -> Expression.compile(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + text + "\" is");
    }
}
