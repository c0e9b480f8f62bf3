// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionQueriesTest {

    @Test
    void withoutParametersTheNewestHundredMustBeAskedFor() {
        assertThat(SessionQueries.of(Map.of())).isEqualTo(SessionQuery.all());
    }

    @Test
    void everyParameterMustBeRead() {
        SessionQuery query = SessionQueries.of(Map.of(
                "limit", List.of("500"),
                "cursor", List.of("abc"),
                "sort", List.of("id"),
                "filter", List.of("owner:ada:b,kind:temporary,state:damaged"),
                "q", List.of("50%")));

        assertThat(query)
                .isEqualTo(new SessionQuery(
                        "ada:b",
                        SessionKind.TEMPORARY,
                        SessionState.DAMAGED,
                        "50%",
                        SessionOrder.ID_ASCENDING,
                        "abc",
                        500));
    }

    @Test
    void allPagesMustBeAskedForWithoutSayingWhichOne() {
        SessionQuery query = SessionQueries.ofAllPages(
                Map.of("sort", List.of("id"), "filter", List.of("owner:ada"), "q", List.of("50%")));

        assertThat(query).isEqualTo(SessionQuery.all().owner("ada").text("50%").order(SessionOrder.ID_ASCENDING));
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit", "cursor"})
    void aPageMustBeRefusedWhereAllAreMeant(String parameter) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> SessionQueries.ofAllPages(Map.of(parameter, List.of("1"))))
                .satisfies(e -> assertThat(e.context()).containsEntry("field", parameter));
    }

    @ParameterizedTest
    @CsvSource({
        "createdAt,  CREATED_ASCENDING",
        "-createdAt, CREATED_DESCENDING",
        "id,         ID_ASCENDING",
        "-id,        ID_DESCENDING"
    })
    void everyOrderMustHaveItsName(String sort, SessionOrder order) {
        assertThat(SessionQueries.of(Map.of("sort", List.of(sort))).order()).isEqualTo(order);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "kind",
                "kind:",
                "kind:DURABLE",
                "kind:durable,",
                ",kind:durable",
                "kind:durable,kind:durable",
                "state:expired",
                "name:a",
                "Owner:ada",
                "owner :ada"
            })
    void aFilterThatIsNoneMustBeRefused(String filter) {
        refused("filter", Map.of("filter", List.of(filter)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "501", "-1", "x", "", "99999999999999999999"})
    void aBadLimitMustBeRefused(String limit) {
        refused("limit", Map.of("limit", List.of(limit)));
    }

    @Test
    void everyOtherValueThatCanNotBeMustBeNamed() {
        refused("sort", Map.of("sort", List.of("owner")));
        refused("sort", Map.of("sort", List.of("")));
        refused("owner", Map.of("filter", List.of("owner:")));
        refused("owner", Map.of("filter", List.of("owner:" + "a".repeat(256))));
        refused("q", Map.of("q", List.of("")));
        refused("q", Map.of("q", List.of("a\u0000")));
        refused("length of q", Map.of("q", List.of("a".repeat(201))));
    }

    @Test
    void aParameterThatIsUnknownOrStandsTwiceMustBeRefused() {
        refused("offset", Map.of("offset", List.of("3")));
        refused("q", Map.of("q", List.of("a", "b")));
    }

    private static void refused(String field, Map<String, List<String>> parameters) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> SessionQueries.of(parameters))
                .satisfies(e -> assertThat(e.context()).containsEntry("field", field));
    }
}
