// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("core")
class UnicodeTextTest {

    private static String plain(String body) {
        return UnicodeText.plain(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aStringWithoutEscapesMustBeReadAsItIs() {
        assertThat(plain("\"\"")).isEmpty();
        assertThat(plain("\"äöü 😀 /\"")).isEqualTo("äöü 😀 /");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"", "1", "null", "\"a\\n\"", "\"a\",\"b\"", "\"a\nb\"", "[\"a\"]", "\"a\" "})
    void anythingElseMustBeLeftToTheParser(String body) {
        assertThat(plain(body)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"b", "a\\b", "a\nb", "\u0000"})
    void textThatNeedsEscapesMustNotBePlain(String text) {
        assertThat(UnicodeText.isPlain(text)).isFalse();
    }

    @Test
    void aLoneSurrogateMustTravelAsItsEscapeAndAPairAsItself() {
        String json = "\"x \uD800 \uDC00 😀\"";

        assertThat(new String(UnicodeText.utf8(json), StandardCharsets.UTF_8)).isEqualTo("\"x \\ud800 \\udc00 😀\"");
    }
}
