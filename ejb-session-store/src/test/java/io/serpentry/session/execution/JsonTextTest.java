// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;

/** JSON that is written by hand, read by a parser. */
class JsonTextTest {

    @Test
    void eachStringMustBeReadAsItWasWritten() {
        StringBuilder all = new StringBuilder("\ud83d\ude00\u2028\u20ac");
        for (char c = 0; c < 256; c++) {
            all.append(c);
        }
        String text = all.toString();

        JsonObject read = SessionMessages.parsed(new JsonText(1)
                .add('{')
                .name(text)
                .string(text)
                .name("")
                .string("")
                .add('}')
                .bytes());

        assertThat(read.getString(text)).isEqualTo(text);
        assertThat(read.getString("")).isEmpty();
    }

    @Test
    void commasMustStandBetweenAndNowhereElse() {
        JsonText json = new JsonText(1).add('{').name("a").add('[');
        json.comma().add('[').number(1).comma().literal("null").add(']');
        json.comma().add('[').number(Long.MIN_VALUE).add(']').add(']');
        json.name("b")
                .add('{')
                .add('}')
                .name("c")
                .add('{')
                .name("d")
                .literal("true")
                .add('}')
                .add('}');

        assertThat(new String(json.bytes(), UTF_8))
                .isEqualTo("{\"a\":[[1,null],[-9223372036854775808]],\"b\":{},\"c\":{\"d\":true}}");
    }
}
