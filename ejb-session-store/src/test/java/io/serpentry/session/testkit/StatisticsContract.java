// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionStatistics;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is counted. */
abstract class StatisticsContract extends StoreFixture {

    private static final SessionStatistics NOTHING =
            new SessionStatistics(Map.of(SessionKind.DURABLE, 0L, SessionKind.TEMPORARY, 0L), 0, 0, 0, 0, 0, null);

    StatisticsContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private SessionStatistics statistics() {
        return store().statistics(OPERATOR);
    }

    @Test
    void anEmptyStoreMustCountNothing() {
        assertThat(statistics()).isEqualTo(NOTHING);
        assertThat(store().statistics(ADA)).isEqualTo(NOTHING);
    }

    @Test
    void sessionsMustBeCountedByKindWithTheirEntriesAndBytes() {
        create("a", "e1", "e2");
        store().create(BOB, session("b").entry("big", TEXT, new byte[1500]));
        store().create(BOB, NewSession.temporary().entry("e", TEXT, new byte[0]));
        save(SessionDelta.of("a").increment("n", 1));

        assertThat(statistics())
                .isEqualTo(new SessionStatistics(
                        Map.of(SessionKind.DURABLE, 2L, SessionKind.TEMPORARY, 1L), 5, 6 * 1024, 0, 0, 0, START));
    }

    @Test
    void countsMustFollowSaves() {
        create("a", "e1", "e2");
        save(put(SessionDelta.of("a"), "e1", "x".repeat(5000)).remove("e2", 1));

        assertThat(statistics().entries()).isEqualTo(1);
        assertThat(statistics().bytes()).isEqualTo(5 * 1024);
    }

    @Test
    void theOldestMustBeTheOldestThatLives() {
        store().create(OPERATOR, session("old").createdAt(START.minus(Duration.ofDays(3))));
        create("new");
        assertThat(statistics().oldest()).isEqualTo(START.minus(Duration.ofDays(3)));

        store().delete(OPERATOR, "old");

        assertThat(statistics().oldest()).isEqualTo(START);
    }

    @Test
    void anEndMustBeCountedUntilItIsDelivered() {
        create("a", "e");
        create("b");
        store().delete(ADA, "a");
        clock.pass(Duration.ofHours(2));
        assertThat(statistics()).extracting("overdue", "undelivered").containsExactly(1L, 1L);

        store().expireDue(1);
        assertThat(statistics()).extracting("overdue", "undelivered").containsExactly(0L, 2L);

        store().deliver(1, ended -> {});
        assertThat(statistics().undelivered()).isEqualTo(1);
        store().deliver(1, ended -> {});
        assertThat(statistics()).isEqualTo(NOTHING);
    }
}
