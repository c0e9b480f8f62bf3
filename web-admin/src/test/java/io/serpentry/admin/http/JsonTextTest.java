// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTextTest {

    public record Item(Instant at, Integer absent, String name, String last) implements Answer {}

    @Test
    void instantsMustBeRfc3339AndMembersThatAreNullLeftOut() {
        assertThat(text(new Item(Instant.parse("2026-01-02T03:04:05.006Z"), null, "n", "z")))
                .isEqualTo("{\"at\":\"2026-01-02T03:04:05.006Z\",\"last\":\"z\",\"name\":\"n\"}");
    }

    @Test
    void aPageMustSayThatNothingFollows() {
        assertThat(text(new Page<>(List.of(new Item(Instant.EPOCH, null, "n", "z")), null)))
                .isEqualTo(
                        "{\"items\":[{\"at\":\"1970-01-01T00:00:00Z\",\"last\":\"z\",\"name\":\"n\"}],\"next\":null}");
    }

    @Test
    void loneSurrogatesMustBeEscapedAndPairsLeftAlone() {
        assertThat(JsonText.escapeLoneSurrogates("\"\ud83d\ude00 \ud800 \udc00\ud800\""))
                .isEqualTo("\"\ud83d\ude00 \\ud800 \\udc00\\ud800\"");
    }

    private static String text(Answer answer) {
        return new String(JsonText.of(answer), UTF_8);
    }
}
