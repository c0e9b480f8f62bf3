// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.admin.http.StrictJson;
import io.serpentry.connector.InvalidArgumentException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallRequestTest {

    @Test
    void everyMemberMustBeRead() {
        CallRequest request = read("""
                {"pool": "models", "function": "hello.greet", "arguments": {"n": 9007199254740993, "x": null}, "timeout": "PT1M30S"}
                """);

        assertThat(request.pool()).isEqualTo("models");
        assertThat(request.function()).isEqualTo("hello.greet");
        assertThat(request.arguments()).containsOnlyKeys("n", "x");
        assertThat(request.arguments().get("n")).hasToString("9007199254740993");
        assertThat(request.arguments().get("x")).hasToString("null");
        assertThat(request.timeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void onlyTheFunctionMustBeGiven() {
        CallRequest request = read("{\"function\": \"hello.greet\"}");

        assertThat(request.pool()).isEqualTo("default");
        assertThat(request.arguments()).isEmpty();
        assertThat(request.timeout()).isNull();
    }

    @Test
    void theSessionMustBeTakenAsItIs() {
        assertThat(read("{\"function\": \"f.g\", \"session\": \"claim:17\"}").session())
                .isEqualTo("claim:17");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "function  | {}",
                "function  | {\"function\": null}",
                "function  | {\"function\": 1}",
                "function  | {\"function\": \"\"}",
                "pool      | {\"function\": \"f.g\", \"pool\": null}",
                "pool      | {\"function\": \"f.g\", \"pool\": []}",
                "pool      | {\"function\": \"f.g\", \"pool\": \"\"}",
                "arguments | {\"function\": \"f.g\", \"arguments\": null}",
                "arguments | {\"function\": \"f.g\", \"arguments\": [1]}",
                "arguments | {\"function\": \"f.g\", \"arguments\": \"{}\"}",
                "timeout   | {\"function\": \"f.g\", \"timeout\": null}",
                "timeout   | {\"function\": \"f.g\", \"timeout\": 5}",
                "timeout   | {\"function\": \"f.g\", \"timeout\": \"\"}",
                "timeout   | {\"function\": \"f.g\", \"timeout\": \"5s\"}",
                "timeout   | {\"function\": \"f.g\", \"timeout\": \"PT0S\"}",
                "timeout   | {\"function\": \"f.g\", \"timeout\": \"PT-5S\"}",
                "timeout   | {\"function\": \"f.g\", \"timeout\": \"PT0.0009S\"}",
                "timeout   | {\"function\": \"f.g\", \"timeout\": \"P24DT0.001S\"}",
                "timeout   | {\"function\": \"f.g\", \"timeout\": \"PT99999999999999999999S\"}",
                "session   | {\"function\": \"f.g\", \"session\": \"\"}",
                "session   | {\"function\": \"f.g\", \"session\": null}",
                "args      | {\"function\": \"f.g\", \"args\": {}}",
                "Function  | {\"function\": \"f.g\", \"Function\": \"f.g\"}",
            })
    void aMemberThatDoesNotFitMustBeNamed(String field, String body) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> read(body))
                .satisfies(e -> assertThat(e.context()).containsEntry("field", field))
                .withMessageContaining("'" + field + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "\"f.g\"", "null", "true"})
    void aBodyThatIsNoObjectMustBeRefused(String body) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> read(body))
                .withMessageStartingWith("the body must be a JSON object");
    }

    @ParameterizedTest
    @CsvSource({"PT0.001S, 1", "P24D, 2073600000", "PT1H, 3600000", "pt5s, 5000"})
    void aTimeoutMustBeServedWithinTheRangeOfACall(String text, long millis) {
        assertThat(read("{\"function\": \"f.g\", \"timeout\": \"" + text + "\"}")
                        .timeout())
                .isEqualTo(Duration.ofMillis(millis));
    }

    private static CallRequest read(String body) {
        return CallRequest.of(StrictJson.read(body));
    }
}
