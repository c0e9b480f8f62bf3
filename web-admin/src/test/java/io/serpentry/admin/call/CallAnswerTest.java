// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.admin.http.JsonText;
import io.serpentry.admin.http.StrictJson;
import jakarta.json.JsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallAnswerTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740993",
                "0.1000000000000000055511151231257827",
                "1.10",
                "1E+400",
                "\"a\\ud800b\"",
                "\"\\u0000\"",
                "{\"b\":[1.0,null],\"a\":{}}",
                "null"
            })
    void theResultMustArriveAsPythonGaveIt(String result) {
        assertThat(text(StrictJson.read(result))).startsWith("{\"result\":" + result + ",\"worker\":");
    }

    @Test
    void theAnswerMustHaveTheDocumentedShape() {
        assertThat(text(null))
                .isEqualTo("{\"result\":null,\"worker\":{\"id\":\"default-1\",\"pid\":4711},\"millis\":12}");
    }

    @Test
    void aCallInASessionMustTellItsRevision() {
        CallAnswer.Worker worker = new CallAnswer.Worker("default-1", 4711);
        CallAnswer answer = new CallAnswer(null, worker, new CallAnswer.Session("s", 3), 12);

        assertThat(new String(JsonText.of(answer), UTF_8)).contains("\"session\":{\"id\":\"s\",\"revision\":3}");
    }

    private static String text(JsonValue result) {
        return new String(
                JsonText.of(new CallAnswer(result, new CallAnswer.Worker("default-1", 4711), null, 12)), UTF_8);
    }
}
