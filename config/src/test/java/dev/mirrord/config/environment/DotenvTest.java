package dev.mirrord.config.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotenvTest {
    @Test
    void readsEveryFormOfAValue() throws DotenvException {
        assertThat(
                        Dotenv.parse(
                                """
                                # a comment

                                BARE=some words # comment
                                export EXPORTED=1
                                  export   SPACED  =  2
                                EMPTY=
                                EMPTY_COMMENT= # nothing
                                HASH=a#b
                                EQUALS=a=b=c
                                SINGLE='a "b" $c \\n # d' # comment
                                DOUBLE="a 'b'\\n\\t\\"c\\" \\\\ \\$d \\x"
                                LINES="one
                                two # no comment
                                three"
                                RAW='one
                                two'
                                DOLLAR=$HOME
                                last.name-x=ü
                                """))
                .isEqualTo(
                        Map.ofEntries(
                                Map.entry("BARE", "some words"),
                                Map.entry("EXPORTED", "1"),
                                Map.entry("SPACED", "2"),
                                Map.entry("EMPTY", ""),
                                Map.entry("EMPTY_COMMENT", ""),
                                Map.entry("HASH", "a#b"),
                                Map.entry("EQUALS", "a=b=c"),
                                Map.entry("SINGLE", "a \"b\" $c \\n # d"),
                                Map.entry("DOUBLE", "a 'b'\n\t\"c\" \\ $d \\x"),
                                Map.entry("LINES", "one\ntwo # no comment\nthree"),
                                Map.entry("RAW", "one\ntwo"),
                                Map.entry("DOLLAR", "$HOME"),
                                Map.entry("last.name-x", "ü")));
    }

    @Test
    void windowsLineEndsAndAByteOrderMarkDoNotMatter() throws DotenvException {
        assertThat(Dotenv.parse("\uFEFFA=1\r\nB='x\r\ny'\r\n"))
                .isEqualTo(Map.of("A", "1", "B", "x\ny"));
    }

    @Test
    void theLastOfTwoCountsAndTheOrderIsTheFiles() throws DotenvException {
        assertThat(Dotenv.parse("B=1\nA=1\nB=2").sequencedEntrySet())
                .containsExactly(Map.entry("B", "2"), Map.entry("A", "1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A=1\\nB|line 2: there is no = after the name",
                "1A=x|line 1: \"1A\" is no name of a variable",
                "=x|line 1: \"\" is no name of a variable",
                "A='x|line 1: the quote that opens here is never closed",
                "A='x\\ny'\\nB=\"z|line 3: the quote that opens here is never closed",
                "A='x' y|line 1: there is more text after the closing quote",
            })
    void whatIsNotDotenvIsToldWithItsLine(String text, String message) {
        assertThatThrownBy(() -> Dotenv.parse(text.replace("\\n", "\n")))
                .isInstanceOf(DotenvException.class)
                .hasMessage(message);
    }
}
