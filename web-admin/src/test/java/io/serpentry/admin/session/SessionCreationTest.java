// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.admin.http.StrictJson;
import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.EntryChange;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionKind;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionCreationTest {

    @Test
    void everyMemberMustBeRead() {
        NewSession session = read("""
                {'id': 'claim:17', 'owner': 'ada', 'kind': 'temporary', 'idleTimeout': 'PT5M', 'lifetime': 'P1D',
                 'metadata': {'colour': 'red'}, 'entries': {'a': {'x': [1, null]}, 'b': null}}
                """);

        assertThat(session.id()).isEqualTo("claim:17");
        assertThat(session.owner()).isEqualTo("ada");
        assertThat(session.kind()).isEqualTo(SessionKind.TEMPORARY);
        assertThat(session.idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(session.lifetime()).isEqualTo(Duration.ofDays(1));
        assertThat(session.createdAt()).isNull();
        assertThat(session.metadata()).containsExactly(Map.entry("colour", "red"));
        assertThat(session.entries()).extracting(EntryChange.Put::name).containsExactly("a", "b");
        assertThat(session.entries()).extracting(EntryChange.Put::mediaType).containsOnly("application/json");
        assertThat(session.entries()).extracting(SessionCreationTest::text).containsExactly("{\"x\":[1,null]}", "null");
    }

    @Test
    void nothingMustHaveToBeGiven() {
        assertThat(read("{}")).isEqualTo(NewSession.durable());
    }

    @Test
    void contentMustKeepEveryDigitAndHalvesOfSurrogatePairs() {
        NewSession session = read("{'entries': {'a': [9007199254740993, 0.10000000000000000555, '\\ud800', 'é']}}");

        assertThat(text(session.entries().get(0)))
                .isEqualTo("[9007199254740993,0.10000000000000000555,\"\\ud800\",\"é\"]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "createdAt       | {'createdAt': '2026-01-02T03:04:05Z'}",
                "id              | {'id': null}",
                "id              | {'id': 'statistics'}",
                "id              | {'id': 'export'}",
                "id              | {'id': 'import'}",
                "session id      | {'id': ''}",
                "session id      | {'id': 'a b'}",
                "session id      | {'id': '../a'}",
                "owner           | {'owner': ''}",
                "owner           | {'owner': 'a\\u0000'}",
                "owner           | {'owner': '\\ud800'}",
                "kind            | {'kind': 'DURABLE'}",
                "kind            | {'kind': 1}",
                "idleTimeout     | {'idleTimeout': 60}",
                "idleTimeout     | {'idleTimeout': 'PT0S'}",
                "idleTimeout     | {'idleTimeout': 'PT-1H'}",
                "lifetime        | {'lifetime': 'P36501D'}",
                "lifetime        | {'lifetime': 'PT9223372036854775807S'}",
                "metadata        | {'metadata': []}",
                "metadata.a      | {'metadata': {'a': null}}",
                "metadata.a      | {'metadata': {'a': 1}}",
                "metadata.a      | {'metadata': {'a': '\\n'}}",
                "metadata key    | {'metadata': {'': 'a'}}",
                "entries         | {'entries': 'a'}",
                "entry name      | {'entries': {'': 1}}",
                "entry name      | {'entries': {'a\\u0007': 1}}",
            })
    void aMemberThatDoesNotFitMustBeNamed(String field, String body) {
        refused(field, body);
    }

    @Test
    void whatIsTooLongOrTooMuchMustBeNamed() {
        refused("session id", "{'id': '" + "a".repeat(129) + "'}");
        refused("owner", "{'owner': '" + "a".repeat(256) + "'}");
        refused("entry name", "{'entries': {'" + "a".repeat(256) + "': 1}}");
        refused("metadata.a", "{'metadata': {'a': '" + "a".repeat(1025) + "'}}");
        refused("metadata", "{'metadata': {" + members(65) + "}}");
        refused("number of entries", "{'entries': {" + members(100_000) + "}}");
    }

    private static String members(int count) {
        return IntStream.range(0, count).mapToObj(i -> "'m" + i + "': 'a'").collect(Collectors.joining(", "));
    }

    private static void refused(String field, String body) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> read(body))
                .satisfies(e -> assertThat(e.context()).containsEntry("field", field));
    }

    private static String text(EntryChange.Put entry) {
        return new String(entry.content(), UTF_8);
    }

    private static NewSession read(String body) {
        return SessionCreation.of(StrictJson.read(body.replace('\'', '"')));
    }
}
