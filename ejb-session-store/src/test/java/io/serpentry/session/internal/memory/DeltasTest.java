// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.MessageTooLargeException;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryRead;
import io.serpentry.session.ForbiddenException;
import io.serpentry.session.NewSession;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionConflictException.Conflict;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeltasTest {

    private static final Caller CALLER = Caller.of("ada");
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final int ENTRY_SIZE = 3000;
    private static final SessionSettings SETTINGS = settings(3, 4096);
    private static final AttributeChange NEW_OWNER = new AttributeChange("eve", null, null, Map.of(), Set.of());

    /** An entry of 6 bytes, and a counter of 5. */
    private final StoredSession session = next(
            Creations.created(
                    NewSession.durable().id("s").entry("text", "text/plain", bytes("before")),
                    save(1, CALLER),
                    SETTINGS),
            SessionDelta.of("s").increment("count", 5));

    private static SessionSettings settings(int maxEntries, long maxBytes) {
        return new SessionSettings(
                Duration.ofHours(1),
                Duration.ofMinutes(5),
                null,
                Duration.ofMinutes(1),
                ENTRY_SIZE,
                maxEntries,
                maxBytes,
                0,
                10,
                Duration.ofDays(7),
                Codec.NONE);
    }

    private static Save save(long change, Caller caller) {
        return new Save(change, NOW, caller);
    }

    private static Step<Saved> applied(StoredSession session, SessionDelta delta, SessionSettings settings) {
        Map<String, StoredContent> contents = Deltas.contents(delta.changes(), settings);
        return Deltas.applied(delta, contents, session, save(2, CALLER), settings);
    }

    private static StoredSession next(StoredSession session, SessionDelta delta) {
        return applied(session, delta, SETTINGS).next();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aSaveMustLeaveTheSessionItIsAppliedToAsItWas() {
        StoredSession next =
                next(session, SessionDelta.of("s").remove("text", 1).increment("count", 1));

        assertThat(next.entries()).containsOnlyKeys("count");
        assertThat(next.revision()).isEqualTo(4);
        assertThat(session.entries()).containsOnlyKeys("count", "text");
        assertThat(session.entries().get("count").counter()).isEqualTo(5);
        assertThat(session.revision()).isEqualTo(2);
        assertThat(session.history().versions()).isEmpty();
    }

    @Test
    void aConflictMustBeToldBeforeAnIncrementThatDoesNotFit() {
        SessionDelta delta = SessionDelta.of("s").increment("text", 1).read("count", 7);

        assertThatThrownBy(() -> applied(session, delta, SETTINGS)).isInstanceOf(SessionConflictException.class);
    }

    @Test
    void anIncrementThatDoesNotFitMustBeToldBeforeASize() {
        SessionDelta delta = SessionDelta.of("s")
                .put("new", "text/plain", new byte[ENTRY_SIZE + 1], EntryChange.ANY)
                .increment("text", 1);

        assertThatThrownBy(() -> applied(session, delta, SETTINGS))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("Entry \"text\" of session \"s\" is no counter");
    }

    @Test
    void aSizeMustBeToldBeforeAQuota() {
        SessionDelta delta = SessionDelta.of("s")
                .put("new", "text/plain", new byte[ENTRY_SIZE + 1], EntryChange.ANY)
                .increment("third", 1)
                .increment("fourth", 1);

        assertThatThrownBy(() -> applied(session, delta, SETTINGS))
                .isInstanceOfSatisfying(MessageTooLargeException.class, e -> assertThat(e.context())
                        .isEqualTo(Map.of("field", "new", "size", "3001", "limit", "3000")));
    }

    @Test
    void aSumBeyondALongMustBeRefused() {
        assertThatThrownBy(() -> applied(session, SessionDelta.of("s").increment("count", Long.MAX_VALUE), SETTINGS))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("is 5, and 9223372036854775807 more is beyond 64 bits");
    }

    @Test
    void allConflictsMustBeToldOnceAndInOrder() {
        SessionDelta delta = SessionDelta.of("s")
                .put("text", "text/plain", bytes("x"), 4)
                .remove("none", 2)
                .read("text", 4)
                .read("count", EntryChange.ABSENT)
                .read("absent", EntryChange.ABSENT)
                .expectedRevision(9);

        assertThatThrownBy(() -> applied(session, delta, SETTINGS))
                .isInstanceOfSatisfying(SessionConflictException.class, e -> assertThat(e.conflicts())
                        .isEqualTo(List.of(
                                new Conflict("", 9, 2),
                                new Conflict("count", 0, 1),
                                new Conflict("none", 2, 0),
                                new Conflict("text", 4, 1))));
    }

    @Test
    void aNewEntryMustBeginAboveWhatWasRemovedBefore() {
        StoredSession changed = next(session, SessionDelta.of("s").increment("count", 1));
        StoredSession without = next(changed, SessionDelta.of("s").remove("count", 2));

        StoredSession again = next(without, SessionDelta.of("s").increment("new", 1));

        assertThat(again.entries().get("new").version()).isEqualTo(3);
        assertThat(again.entries().get("new").born()).isEqualTo(3);
        assertThat(again.revision()).isEqualTo(5);
    }

    @Test
    void whatIsOverALoweredQuotaMustStillShrink() {
        SessionSettings lowered = settings(1, 1024);

        assertThatThrownBy(() -> applied(session, SessionDelta.of("s").increment("third", 1), lowered))
                .isInstanceOf(QuotaExceededException.class)
                .hasMessageContaining("would be 3, and the limit is 1 (serpentry.session.maxEntries)");
        assertThatThrownBy(() -> applied(
                        session,
                        SessionDelta.of("s").put("text", "text/plain", new byte[1025], EntryChange.ANY),
                        lowered))
                .isInstanceOf(QuotaExceededException.class)
                .hasMessageContaining("would be 3072, and the limit is 1024 (serpentry.session.maxBytes)");
        assertThat(applied(session, SessionDelta.of("s").increment("count", 1), lowered)
                        .result()
                        .counters())
                .isEqualTo(Map.of("count", 6L));
    }

    @Test
    void onlyAnOperatorMayChangeTheOwner() {
        SessionDelta delta = SessionDelta.of("s").attributes(NEW_OWNER);

        assertThatThrownBy(() -> applied(session, delta, SETTINGS)).isInstanceOf(ForbiddenException.class);
        StoredSession given = Deltas.applied(delta, Map.of(), session, save(2, Caller.operator("root")), SETTINGS)
                .next();

        assertThat(given.attributes().owner()).isEqualTo("eve");
    }

    @Test
    void anAccessWithinTheIntervalMustNotBeWritten() {
        SessionDelta delta = SessionDelta.of("s").increment("count", 1);
        Save within = new Save(2, NOW.plusSeconds(59), CALLER);
        Save after = new Save(2, NOW.plusSeconds(60), CALLER);

        assertThat(Deltas.applied(delta, Map.of(), session, within, SETTINGS)
                        .next()
                        .access())
                .isEqualTo(session.access());
        assertThat(Deltas.applied(delta, Map.of(), session, after, SETTINGS)
                        .next()
                        .access()
                        .at())
                .isEqualTo(after.at());
    }

    @Test
    void aShorterIdleTimeoutMustCountFromNowOn() {
        AttributeChange shorter = new AttributeChange(null, Duration.ofSeconds(20), null, Map.of(), Set.of());
        Save soon = new Save(2, NOW.plusSeconds(30), CALLER);

        StoredSession next = Deltas.applied(SessionDelta.of("s").attributes(shorter), Map.of(), session, soon, SETTINGS)
                .next();

        assertThat(next.access().at()).isEqualTo(soon.at());
        assertThat(next.access().expiresAt())
                .isBetween(soon.at().plusSeconds(20), soon.at().plusSeconds(22));
    }

    @Test
    void contentMustNotChangeWithTheArrayItCameIn() {
        InMemorySessionStore store = new InMemorySessionStore(SETTINGS, () -> NOW);
        byte[] mine = bytes("before");
        store.create(CALLER, NewSession.durable().id("s").entry("text", "text/plain", mine));

        mine[0] = 'x';

        assertThat(store.entries(CALLER, "s", Set.of("text"), Set.of()))
                .singleElement()
                .isInstanceOfSatisfying(
                        EntryRead.Content.class, read -> assertThat(read.text()).isEqualTo("before"));
    }
}
