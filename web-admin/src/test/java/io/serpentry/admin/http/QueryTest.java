// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.InvalidArgumentException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryTest {

    @Test
    void aParameterThatIsNotGivenMustBeNull() {
        assertThat(Query.of(Map.of(), "scope").single("scope")).isNull();
    }

    @Test
    void aParameterMustKeepItsValueEvenIfItIsEmpty() {
        assertThat(Query.of(Map.of("scope", List.of("")), "scope").single("scope"))
                .isEmpty();
    }

    @Test
    void aParameterThatIsUnknownMustBeNamedWithThoseThatAreKnown() {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> Query.of(Map.of("b", List.of("1"), "limit", List.of("1")), "limit", "cursor"))
                .withMessageContaining("'b' is not known here; known: limit, cursor")
                .satisfies(e -> assertThat(e.context()).containsEntry("field", "b"));
    }

    @Test
    void whereNoParameterIsKnownNoneMustPass() {
        assertThat(Query.of(Map.of())).isNotNull();
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> Query.of(Map.of("dryRun", List.of("true"))))
                .withMessage("the query parameter 'dryRun' is not known here; none is");
    }

    @Test
    void aParameterThatStandsTwiceMustBeNamed() {
        Query query = Query.of(Map.of("scope", List.of("base", "base")), "scope");

        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> query.single("scope"))
                .satisfies(e -> assertThat(e.context()).containsEntry("field", "scope"));
    }
}
