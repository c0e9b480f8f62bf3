// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.InvalidArgumentException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {

    @Test
    void everyMemberMustBeRead() {
        JsonBody body =
                read("{'text': 'a', 'number': -9223372036854775808, 'duration': 'PT1M30S', 'object': {'b': null}}");

        assertThat(body.text("text")).isEqualTo("a");
        assertThat(body.number("number")).isEqualTo(Long.MIN_VALUE);
        assertThat(body.duration("duration")).isEqualTo(Duration.ofSeconds(90));
        assertThat(body.object("object")).containsOnlyKeys("b");
    }

    @Test
    void aMemberThatIsNotGivenMustBeNullAndAnObjectEmpty() {
        JsonBody body = read("{}");

        assertThat(body.text("text")).isNull();
        assertThat(body.number("number")).isNull();
        assertThat(body.duration("duration")).isNull();
        assertThat(body.object("object")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.0", "1e0", "10E-1"})
    void aWholeNumberMustBeReadInAnyForm(String number) {
        assertThat(read("{'number': " + number + "}").number("number")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9223372036854775808", "-9223372036854775809", "1.5", "1e400", "1e999999999", "1e-999999999"})
    void aNumberThatIsNoLongMustBeRefused(String number) {
        refused("number", "a whole number from -9223372036854775808", () -> read("{'number': " + number + "}")
                .number("number"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"null | null", "true | a boolean", "'1' | a string", "[1] | an array", "{} | an object"})
    void whatIsNoNumberMustBeRefusedWithWhatItIs(String value, String kind) {
        refused("number", "a whole number, not " + kind, () -> read("{'number': " + value + "}")
                .number("number"));
    }

    @Test
    void everyOtherTypeMustBeRefusedWithWhatItIs() {
        refused("text", "a string, not a number", () -> read("{'text': 1}").text("text"));
        refused("text", "a string, not null", () -> read("{'text': null}").text("text"));
        refused("duration", "a string, not an object", () -> read("{'duration': {}}")
                .duration("duration"));
        refused("object", "an object, not null", () -> read("{'object': null}").object("object"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5s", "P", "PT", "PT99999999999999999999S"})
    void whatIsNoDurationMustBeRefused(String text) {
        refused("duration", "ISO 8601", () -> read("{'duration': '" + text + "'}")
                .duration("duration"));
    }

    @Test
    void aMemberThatIsUnknownMustBeNamedWithThoseThatAreKnown() {
        refused("Text", "members are text, number, duration, object", () -> read("{'text': 'a', 'Text': 'a'}"));
    }

    @ParameterizedTest
    @CsvSource({"[], an array", "1, a number", "true, a boolean", "null, null"})
    void whatIsNoObjectMustBeRefused(String body, String kind) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> read(body))
                .withMessage("the body must be a JSON object, not " + kind);
    }

    private static JsonBody read(String body) {
        return JsonBody.of(StrictJson.read(body.replace('\'', '"')), "text", "number", "duration", "object");
    }

    private static void refused(String field, String message, Runnable reading) {
        Consumer<InvalidArgumentException> named = e -> assertThat(e.context()).containsEntry("field", field);
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(reading::run)
                .withMessageContaining("'" + field + "'")
                .withMessageContaining(message)
                .satisfies(named);
    }
}
