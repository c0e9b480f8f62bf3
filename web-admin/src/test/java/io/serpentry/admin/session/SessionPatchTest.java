// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.admin.http.StrictJson;
import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.EntryChange;
import io.serpentry.session.SessionDelta;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionPatchTest {

    @Test
    void everyMemberMustBeRead() {
        SessionDelta delta = read("""
                {'owner': 'ada', 'idleTimeout': 'PT5M', 'lifetime': 'P1D', 'metadata': {'colour': 'red', 'size': null},
                 'entries': {'a': [9007199254740993], 'b': null}, 'increments': {'n': -2}}
                """, 7);

        assertThat(delta.session()).isEqualTo("s1");
        assertThat(delta.expectedRevision()).isEqualTo(7);
        assertThat(delta.reads()).isEmpty();
        assertThat(delta.attributes())
                .isEqualTo(new AttributeChange(
                        "ada", Duration.ofMinutes(5), Duration.ofDays(1), Map.of("colour", "red"), Set.of("size")));
        assertThat(delta.changes()).hasSize(3);
        assertThat(delta.changes().get(0)).isInstanceOfSatisfying(EntryChange.Put.class, put -> {
            assertThat(put.name()).isEqualTo("a");
            assertThat(put.mediaType()).isEqualTo("application/json");
            assertThat(put.content()).isEqualTo("[9007199254740993]".getBytes(UTF_8));
            assertThat(put.expected()).isEqualTo(EntryChange.ANY);
        });
        assertThat(delta.changes().get(1)).isEqualTo(new EntryChange.Remove("b", EntryChange.ANY));
        assertThat(delta.changes().get(2)).isEqualTo(new EntryChange.Increment("n", -2));
    }

    @Test
    void nothingMustHaveToBeGiven() {
        assertThat(read("{}")).isEqualTo(SessionDelta.of("s1"));
    }

    @Test
    void halvesOfSurrogatePairsMustKeepTheirEscape() {
        assertThat(read("{'entries': {'a': '\\ud800'}}").changes().get(0))
                .isInstanceOfSatisfying(EntryChange.Put.class, put -> assertThat(put.content())
                        .isEqualTo("\"\\ud800\"".getBytes(UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "kind         | {'kind': 'durable'}",
                "owner        | {'owner': null}",
                "owner        | {'owner': ''}",
                "idleTimeout  | {'idleTimeout': null}",
                "lifetime     | {'lifetime': 'PT0.0009S'}",
                "metadata     | {'metadata': null}",
                "metadata.a   | {'metadata': {'a': 1}}",
                "metadata key | {'metadata': {'': null}}",
                "metadata key | {'metadata': {'a\\u0000': null}}",
                "entries      | {'entries': []}",
                "entry name   | {'entries': {'': 1}}",
                "entry name   | {'entries': {'': null}}",
                "entry name   | {'entries': {'\\udfff': 1}}",
                "entry name   | {'entries': {'n': 1}, 'increments': {'n': 1}}",
                "increments   | {'increments': 1}",
                "increments.n | {'increments': {'n': null}}",
                "increments.n | {'increments': {'n': '1'}}",
                "increments.n | {'increments': {'n': 0.5}}",
                "increments.n | {'increments': {'n': 9223372036854775808}}",
                "increments.n | {'increments': {'n': 1e999999999}}",
                "entry name   | {'increments': {'': 1}}",
            })
    void aMemberThatDoesNotFitMustBeNamed(String field, String body) {
        refused(field, body);
    }

    @Test
    void moreChangesThanOneSaveTakesMustBeRefused() {
        String members =
                IntStream.range(0, 100_000).mapToObj(i -> "'m" + i + "': 1").collect(Collectors.joining(", "));

        refused("number of changes", "{'entries': {" + members + "}}");
        refused("number of changes", "{'increments': {" + members + "}}");
    }

    @Test
    void anIdThatCanNotBeOneMustBeNamed() {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> SessionPatch.of("a b", JsonValue.EMPTY_JSON_OBJECT, 0))
                .satisfies(e -> assertThat(e.context()).containsEntry("field", "session id"));
    }

    private static void refused(String field, String body) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> read(body))
                .satisfies(e -> assertThat(e.context()).containsEntry("field", field));
    }

    private static SessionDelta read(String body) {
        return read(body, SessionDelta.ANY_REVISION);
    }

    private static SessionDelta read(String body, long expectedRevision) {
        return SessionPatch.of("s1", StrictJson.read(body.replace('\'', '"')), expectedRevision);
    }
}
