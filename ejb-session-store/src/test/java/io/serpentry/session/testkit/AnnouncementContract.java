// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.serpentry.session.NewSession;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionEnded.Reason;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How the end of sessions is announced. */
abstract class AnnouncementContract extends StoreFixture {

    private static final int ALL = 10_000;

    AnnouncementContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private void end(String... ids) {
        for (String id : ids) {
            create(id);
            store().delete(ADA, id);
        }
    }

    private static String[] ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "s" + i).toArray(String[]::new);
    }

    @Test
    void aDeletionMustBeAnnounced() {
        create("s");
        clock.pass(Duration.ofSeconds(9));
        store().delete(OPERATOR, "s");
        clock.pass(Duration.ofSeconds(9));

        assertThat(ended())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("id")
                .containsExactly(
                        new SessionEnded(0, "s", "ada", SessionKind.DURABLE, Reason.DELETED, START.plusSeconds(9)));
    }

    @Test
    void anExpiryMustBeAnnounced() {
        store().create(BOB, session("s"));
        clock.pass(Duration.ofHours(3));
        Instant swept = clock.instant();
        store().expireDue(1);
        clock.pass(Duration.ofSeconds(9));

        assertThat(ended())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("id")
                .containsExactly(new SessionEnded(0, "s", "bob", SessionKind.DURABLE, Reason.EXPIRED, swept));
    }

    @Test
    void theEndOfTemporarySessionsMustBeAnnouncedToo() {
        String deleted = store().create(ADA, NewSession.temporary()).id();
        store().delete(ADA, deleted);
        String expired = store().create(ADA, NewSession.temporary()).id();
        clock.pass(Duration.ofHours(1));
        store().expireDue(1);

        assertThat(ended())
                .extracting(SessionEnded::session, SessionEnded::kind, SessionEnded::reason)
                .containsExactly(
                        tuple(deleted, SessionKind.TEMPORARY, Reason.DELETED),
                        tuple(expired, SessionKind.TEMPORARY, Reason.EXPIRED));
    }

    @Test
    void whatNeverEndedMustNotBeAnnounced() {
        create("s");
        store().delete(ADA, "none");
        store().delete(BOB, "s");

        assertThat(ended()).isEmpty();
    }

    @Test
    void anAnnouncementMustBeDeliveredOnce() {
        end("s");

        assertThat(ended()).hasSize(1);
        assertThat(ended()).isEmpty();
        clock.pass(Duration.ofDays(1));
        assertThat(ended()).isEmpty();
    }

    @Test
    void theSecondDeletionMustFindNothing() {
        create("s");

        assertThat(store().delete(ADA, "s")).isTrue();
        assertThat(store().delete(ADA, "s")).isFalse();
        assertThat(ended()).hasSize(1);
    }

    @Test
    void oneOfManyDeletionsMustSucceedAndBeAnnounced() {
        for (int round = 0; round < 20; round++) {
            create("s", "a");

            List<Boolean> deleted = Together.run(THREADS, thread -> store().delete(ADA, "s"));

            assertThat(deleted).containsOnlyOnce(true);
            assertThat(ended()).hasSize(1);
        }
    }

    @Test
    void everyEndOfTheSameIdMustBeAnnounced() {
        end("s", "s", "s");

        assertThat(ended()).extracting(SessionEnded::session).containsExactly("s", "s", "s");
    }

    @Test
    void idsMustIncreaseAndTheOldestComeFirst() {
        end(ids(5));
        List<SessionEnded> first = new ArrayList<>();
        assertThat(store().deliver(3, first::add)).isEqualTo(3);
        List<SessionEnded> second = ended();

        assertThat(first).extracting(SessionEnded::session).containsExactly("s0", "s1", "s2");
        assertThat(second).extracting(SessionEnded::session).containsExactly("s3", "s4");
        first.addAll(second);
        assertThat(first).extracting(SessionEnded::id).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void deliverMustSayHowManyWereDelivered() {
        end(ids(3));

        assertThat(store().deliver(2, ended -> {})).isEqualTo(2);
        assertThat(store().deliver(2, ended -> {})).isEqualTo(1);
        assertThat(store().deliver(2, ended -> {})).isZero();
    }

    @Test
    void anObserverThatThrowsMustNotKeepTheOthersFromTheirs() {
        end(ids(5));
        List<String> accepted = new ArrayList<>();

        int delivered = store().deliver(ALL, refusing(Set.of("s1", "s3"), accepted));

        assertThat(delivered).isEqualTo(3);
        assertThat(accepted).containsExactly("s0", "s2", "s4");
        assertThat(store().statistics(OPERATOR).undelivered()).isEqualTo(2);
    }

    private static SessionObserver refusing(Set<String> refused, List<String> accepted) {
        return ended -> {
            if (refused.contains(ended.session())) {
                throw new Refusal();
            }
            accepted.add(ended.session());
        };
    }

    @Test
    void whatWasRefusedMustComeAgainAsTheSameAnnouncement() {
        end("s");
        List<SessionEnded> told = new ArrayList<>();
        store().deliver(ALL, ended -> {
            told.add(ended);
            throw new Refusal();
        });
        clock.pass(Duration.ofMinutes(1));

        assertThat(ended()).isEqualTo(told).hasSize(1);
        assertThat(store().statistics(OPERATOR).undelivered()).isZero();
    }

    @Test
    void whatWasRefusedMustComeAgainAfterPausesThatDoubleFromASecondToFiveMinutes() {
        end("s");
        for (long seconds : List.of(1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300)) {
            requireRefusal();
            clock.pass(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(store().deliver(ALL, ended -> {}))
                    .as("in a pause of " + seconds + " s")
                    .isZero();
            clock.pass(Duration.ofMillis(1));
        }

        assertThat(ended()).hasSize(1);
    }

    private void requireRefusal() {
        List<SessionEnded> told = new ArrayList<>();
        assertThat(store().deliver(ALL, ended -> {
                    told.add(ended);
                    throw new Refusal();
                }))
                .isZero();
        assertThat(told).hasSize(1);
    }

    @Test
    void whatIsRefusedMustNotStandInTheWayOfNewAnnouncements() {
        end(ids(3));
        store().deliver(ALL, ended -> {
            throw new Refusal();
        });
        end("new");
        List<String> accepted = new ArrayList<>();

        store().deliver(1, refusing(Set.of(), accepted));

        assertThat(accepted).containsExactly("new");
    }

    @Test
    void manyDeliverersMustDeliverEachAnnouncementOnce() {
        end(ids(300));
        ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();

        List<Integer> delivered = Together.run(THREADS, thread -> deliverAll(ended -> told.add(ended.session())));

        assertThat(delivered.stream().mapToInt(Integer::intValue).sum()).isEqualTo(300);
        assertThat(told).containsExactlyInAnyOrder(ids(300));
        assertThat(store().statistics(OPERATOR).undelivered()).isZero();
    }

    private int deliverAll(SessionObserver observer) {
        int sum = 0;
        for (int delivered = store().deliver(7, observer); delivered > 0; delivered = store().deliver(7, observer)) {
            sum += delivered;
        }
        return sum;
    }

    @Test
    void whatOneOfManyDeliverersRefusesMustBeAcceptedOnceLater() {
        end(ids(100));
        Set<String> refused = ConcurrentHashMap.newKeySet();
        ConcurrentLinkedQueue<String> accepted = new ConcurrentLinkedQueue<>();
        SessionObserver refusingOnce = ended -> {
            if (refused.add(ended.session())) {
                throw new Refusal();
            }
            accepted.add(ended.session());
        };
        Together.run(8, thread -> store().deliver(ALL, refusingOnce));
        assertThat(refused).hasSize(100);
        clock.pass(Duration.ofMinutes(5));

        Together.run(8, thread -> store().deliver(ALL, refusingOnce));

        assertThat(accepted).containsExactlyInAnyOrder(ids(100));
    }

    @Test
    void anObserverMustBeAbleToUseTheStore() {
        create("other");
        end("s");

        assertThat(store().deliver(ALL, ended -> {
                    assertThat(exists(ended.session())).isFalse();
                    put("other", "log", "the end of " + ended.session());
                }))
                .isEqualTo(1);

        assertThat(text("other", "log")).isEqualTo("the end of s");
    }
}
