// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.SessionDelta;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IfMatchTest {

    @Test
    void oneRevisionInQuotesMustBeRead() {
        assertThat(IfMatch.revision(List.of("\"7\""))).isEqualTo(7);
        assertThat(IfMatch.revision(List.of("\"999999999999999999\""))).isEqualTo(999_999_999_999_999_999L);
    }

    @Test
    void noneAndAnyMustBeNoCondition() {
        assertThat(IfMatch.revision(List.of())).isEqualTo(SessionDelta.ANY_REVISION);
        assertThat(IfMatch.revision(List.of("*"))).isEqualTo(SessionDelta.ANY_REVISION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "\"7",
                "7\"",
                "\"\"",
                "\"0\"",
                "\"07\"",
                "\"-7\"",
                "\"x\"",
                "W/\"7\"",
                "\"1\", \"2\"",
                "\"*\"",
                "\"1000000000000000000\"",
                "\"99999999999999999999\"",
                "\"٣\""
            })
    void anythingElseMustBeRefused(String header) {
        refused(List.of(header));
    }

    @Test
    void aSecondHeaderMustNotBeOverlooked() {
        refused(List.of("\"1\"", "\"2\""));
        refused(List.of("*", "*"));
    }

    private static void refused(List<String> headers) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> IfMatch.revision(headers))
                .satisfies(e -> assertThat(e.context()).containsEntry("field", "If-Match"));
    }
}
