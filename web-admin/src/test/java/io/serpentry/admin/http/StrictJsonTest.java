// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.InvalidArgumentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740993",
                "-9007199254740993",
                "123456789012345678901234567890",
                "0.1000000000000000055511151231257827",
                "1.10",
                "1E+400",
                "1E-400",
                "\"\\\"\\\\\"",
                "[]",
                "{}",
                "[1,[2,{\"a\":null}],true,false]",
            })
    void valuesMustKeepEveryDigitAndCharacter(String json) {
        assertThat(StrictJson.read(json)).hasToString(json);
    }

    @Test
    void aLoneSurrogateMustStayWhatItIs() {
        assertThat(StrictJson.read("\"a\\ud800b\"").toString()).contains("a\ud800b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ", "{", "}", "[", "[1", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}",
                        "01", "+1",
                "1.", ".5", "1e", "--1", "NaN", "Infinity", "-Infinity", "nul", "tru", "\"", "\"\\x\"", "\"\\u12\"",
                        "\"\t\"", "1 2",
                "{}{}", "{} x", "[]]", "// c\n1", "\ufeff{}", "\u0000"
            })
    void whatIsNotJsonMustBeRefused(String text) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> StrictJson.read(text))
                .withMessageStartingWith("the body is not");
    }

    @Test
    void aMemberThatStandsTwiceMustBeRefusedAtAnyDepth() {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> StrictJson.read("{\"a\":[{\"b\":1,\n\"b\":2}]}"))
                .withMessageContaining("'b' stands twice")
                .withMessageContaining("line 2");
    }

    @Test
    void nestingMustBeServedToTheLimitAndRefusedBehindIt() {
        assertThat(StrictJson.read(nested(StrictJson.MAX_DEPTH))).hasToString(nested(StrictJson.MAX_DEPTH));
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> StrictJson.read(nested(StrictJson.MAX_DEPTH + 1)))
                .withMessageContaining("deeper than 200");
    }

    @Test
    void nestingOfAHundredThousandLevelsMustNotExhaustTheStack() {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> StrictJson.read("[".repeat(100_000)));
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> StrictJson.read("{\"a\":".repeat(100_000)));
    }

    @Test
    void aNumberWithTooManyDigitsMustBeRefused() {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> StrictJson.read("[" + "9".repeat(100_000) + "]"))
                .withMessageContaining("a number is too long");
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> StrictJson.read("1e99999999999"))
                .withMessageContaining("a number is too long");
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }
}
