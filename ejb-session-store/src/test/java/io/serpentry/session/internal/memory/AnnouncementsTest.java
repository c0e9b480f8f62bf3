// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Announcements that nobody takes as fast as they come. */
class AnnouncementsTest {

    private static final Caller CALLER = Caller.of("ada");
    private static final int MANY = 60_000;
    private static final int BOUND = 50_000;

    private final InMemorySessionStore store =
            new InMemorySessionStore(SessionSettings.defaults(), InstantSource.system());

    private String ended(NewSession session) {
        String id = store.create(CALLER, session).id();
        assertThat(store.delete(CALLER, id)).isTrue();
        return id;
    }

    @Test
    void thoseOfTemporarySessionsMustNotGrowWithoutBound() {
        for (int i = 0; i < MANY; i++) {
            ended(NewSession.temporary());
        }
        assertThat(store.statistics(CALLER).undelivered()).isEqualTo(BOUND);

        String durable = ended(NewSession.durable());

        List<SessionEnded> told = new ArrayList<>();
        while (store.deliver(10_000, told::add) > 0) {
            assertThat(told.size()).isLessThanOrEqualTo(BOUND + 1);
        }
        assertThat(told).hasSize(BOUND + 1);
        assertThat(told.get(BOUND).session()).isEqualTo(durable);
        ended(NewSession.temporary());
        assertThat(store.statistics(CALLER).undelivered()).isEqualTo(1);
    }
}
