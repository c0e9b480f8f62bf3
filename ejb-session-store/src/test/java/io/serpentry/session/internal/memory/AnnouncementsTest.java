// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionObserver;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.ManualClock;
import io.serpentry.session.testkit.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnnouncementsTest {

    private static final Caller CALLER = Caller.of("ada");

    private final ManualClock clock = new ManualClock();
    private final InMemorySessionStore store = new InMemorySessionStore(SessionSettings.defaults(), clock);
    private final List<String> told = new ArrayList<>();

    private void end(String... ids) {
        for (String id : ids) {
            store.create(CALLER, NewSession.durable().id(id));
            store.delete(CALLER, id);
        }
    }

    private SessionObserver refusing(String id) {
        return announcement -> {
            told.add(announcement.session());
            if (announcement.session().equals(id)) {
                throw new IllegalStateException("not now");
            }
        };
    }

    @Test
    void aRefusedAnnouncementMustWaitWhileTheOthersGoOn() {
        end("a", "b", "c");

        assertThat(store.deliver(10, refusing("a"))).isEqualTo(2);
        assertThat(store.deliver(10, refusing("a"))).isZero();

        assertThat(told).containsExactly("a", "b", "c");
        assertThat(store.statistics(CALLER).undelivered()).isEqualTo(1);
    }

    @Test
    void thePauseMustDoubleFromASecondToFiveMinutes() {
        end("a");
        store.deliver(1, refusing("a"));
        List<Long> pauses = Stream.of(1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300)
                .map(Integer::longValue)
                .toList();
        for (long seconds : pauses) {
            told.clear();

            clock.pass(Duration.ofSeconds(seconds).minusMillis(1));
            store.deliver(1, refusing("a"));
            assertThat(told).as("before " + seconds + " s").isEmpty();

            clock.pass(Duration.ofMillis(1));
            store.deliver(1, refusing("a"));
            assertThat(told).as("after " + seconds + " s").containsExactly("a");
        }
    }

    @Test
    void whatIsAcceptedLaterMustBeTheSameAnnouncement() {
        List<SessionEnded> announcements = new ArrayList<>();
        end("a");
        store.deliver(1, announcement -> {
            announcements.add(announcement);
            throw new IllegalStateException("not now");
        });
        clock.pass(Duration.ofSeconds(1));

        assertThat(store.deliver(1, announcements::add)).isEqualTo(1);

        assertThat(announcements).hasSize(2);
        assertThat(announcements.get(1)).isEqualTo(announcements.get(0));
        assertThat(store.statistics(CALLER).undelivered()).isZero();
    }

    @Test
    void anErrorMustReachTheCallerAndLeaveTheAnnouncement() {
        end("a");

        assertThatThrownBy(() -> store.deliver(1, announcement -> {
                    throw new AssertionError("broken");
                }))
                .hasMessage("broken");

        clock.pass(Duration.ofSeconds(1));
        assertThat(store.deliver(1, refusing(""))).isEqualTo(1);
    }

    @Test
    void aRefusalMustCountAgainstTheLimit() {
        end("a", "b");

        assertThat(store.deliver(1, refusing("a"))).isZero();

        assertThat(told).containsExactly("a");
    }

    @Test
    void idsMustIncreaseAndTheOldestComeFirst() {
        List<SessionEnded> announcements = new ArrayList<>();
        end("c", "a", "b");
        store.create(CALLER, NewSession.temporary().id("d"));
        clock.pass(Duration.ofDays(1));
        store.expireDue(1);

        store.deliver(10, announcements::add);

        assertThat(announcements).extracting(SessionEnded::session).containsExactly("c", "a", "b", "d");
        assertThat(announcements).extracting(SessionEnded::id).isSorted().doesNotHaveDuplicates();
        assertThat(announcements.get(3))
                .isEqualTo(new SessionEnded(
                        announcements.get(3).id(),
                        "d",
                        "ada",
                        SessionKind.TEMPORARY,
                        SessionEnded.Reason.EXPIRED,
                        clock.instant()));
    }

    @Test
    void anAnnouncementInDeliveryMustNotBeDeliveredByAnotherThread() {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        end("a", "b");

        List<List<String>> seen = Together.run(2, thread -> {
            List<String> sessions = new ArrayList<>();
            if (thread == 0) {
                store.deliver(1, announcement -> {
                    sessions.add(announcement.session());
                    first.countDown();
                    await(second);
                });
            } else {
                await(first);
                store.deliver(10, announcement -> sessions.add(announcement.session()));
                second.countDown();
            }
            return sessions;
        });

        assertThat(seen).containsExactly(List.of("a"), List.of("b"));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anObserverMustBeAbleToUseTheStore() {
        store.create(CALLER, NewSession.durable().id("b"));
        end("a");

        store.deliver(
                10, announcement -> store.delete(CALLER, announcement.session().equals("a") ? "b" : "none"));

        assertThat(store.storedSessions()).isZero();
        assertThat(store.statistics(CALLER).undelivered()).isEqualTo(1);
    }
}
