// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.execution.SessionMessages.Attachments;
import io.serpentry.session.execution.SessionMessages.Described;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What calls are told of their sessions. */
class SessionMessagesTest {

    private final InMemorySessionStore store =
            new InMemorySessionStore(SessionSettings.defaults(), InstantSource.system());

    private static Described described(SessionInfo info, boolean reads) {
        return new Described(info, List.of(), reads, entry -> null);
    }

    private SessionInfo temporary(String owner) {
        return store.create(Caller.of(owner), NewSession.temporary());
    }

    /** Written by itself, and as the state of a call in it. */
    private static void assertTold(Described session) {
        JsonObject written =
                SessionMessages.parsed(SessionMessages.state(Map.of("session", session), new Attachments()));
        JsonObject told = SessionMessages.parsed(SessionMessages.state("session", session, new Attachments()));
        assertThat(told).isEqualTo(written);
    }

    @Test
    void eachTemporarySessionMustBeToldByItsOwnIdAndOwner() {
        for (String owner : List.of("ada", "ada", "bob", "ada", "a\"\\\u00e9\ud83d\ude00", "a\"\\\u00e9\ud83d\ude00")) {
            assertTold(described(temporary(owner), false));
        }
    }

    @Test
    void whatElseIsToldOfASessionMustNotBeThatOfTheLastOne() {
        assertTold(described(temporary("ada"), false));
        assertTold(described(temporary("ada"), true));
        assertTold(described(temporary("ada"), false));
        SessionInfo durable = store.create(Caller.of("ada"), NewSession.durable());
        assertTold(described(durable, false));
        SessionInfo named = store.create(
                Caller.of("ada"),
                NewSession.temporary().metadata("key", "value").id("temp_short"));
        assertTold(described(named, false));
        SessionInfo shorter =
                store.create(Caller.of("ada"), NewSession.temporary().id("temp_shorter"));
        assertTold(described(shorter, false));
        SessionInfo changed = temporary("ada");
        long revision = store.save(
                        Caller.of("ada"), SessionDelta.of(changed.id()).increment("hits", 1))
                .revision();
        assertThat(revision).isEqualTo(2);
        assertTold(described(
                store.find(Caller.of("ada"), changed.id()).orElseThrow().info(), false));
    }
}
