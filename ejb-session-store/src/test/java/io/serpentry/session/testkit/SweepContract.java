// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.Touched;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How expired sessions are removed. */
abstract class SweepContract extends StoreFixture {

    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    SweepContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private Instant createShort(String id) {
        return store().create(ADA, session(id, "a").idleTimeout(TEN_MINUTES)).expiresAt();
    }

    private List<String> createShort(int count) {
        List<String> ids = IntStream.range(0, count).mapToObj(i -> "short" + i).toList();
        ids.forEach(this::createShort);
        return ids;
    }

    private List<String> endedIds() {
        return ended().stream().map(SessionEnded::session).toList();
    }

    @Test
    void aSweptSessionMustLeaveNothingBehind() {
        createShort("s");
        put("s", "a", "changed");
        put("s", "b", "x");
        remove("s", "b");
        clock.pass(TEN_MINUTES.multipliedBy(2));

        assertThat(store().expireDue(10)).isEqualTo(1);

        assertThat(tested().storedSessions()).isZero();
        assertThat(tested().storedEntries("s")).isZero();
        assertThat(tested().storedVersions("s")).isZero();
        assertThat(store().statistics(OPERATOR).overdue()).isZero();
    }

    @Test
    void asManyMustBeSweptAsAreWantedIfThereAreMore() {
        createShort(130);
        clock.pass(TEN_MINUTES.multipliedBy(2));

        assertThat(store().expireDue(120)).isEqualTo(120);
        assertThat(tested().storedSessions()).isEqualTo(10);
        assertThat(store().expireDue(120)).isEqualTo(10);
    }

    @Test
    void whatHasNotExpiredMustNotBeSwept() {
        create("long", "a");
        clock.set(createShort("s").minusMillis(1));

        assertThat(store().expireDue(10)).isZero();
        assertThat(tested().storedSessions()).isEqualTo(2);

        clock.pass(Duration.ofMillis(1));
        assertThat(store().expireDue(10)).isEqualTo(1);
        assertThat(text("long", "a")).isEqualTo("a");
    }

    @Test
    void anAccessMustKeepASessionFromTheSweep() {
        Instant expiresAt = createShort("s");
        clock.set(expiresAt.minusMillis(1));
        store().touch(ADA, "s", Instant.EPOCH);
        clock.set(expiresAt);

        assertThat(store().expireDue(10)).isZero();
        assertThat(exists("s")).isTrue();
    }

    @Test
    void theLongestExpiredMustBeSweptFirst() {
        List<Integer> minutes = List.of(50, 20, 40, 10, 30);
        minutes.forEach(m -> store().create(ADA, session("s" + m).idleTimeout(Duration.ofMinutes(m))));
        clock.pass(Duration.ofHours(2));

        assertThat(store().expireDue(2)).isEqualTo(2);
        assertThat(endedIds()).containsExactlyInAnyOrder("s10", "s20");
        assertThat(store().expireDue(1)).isEqualTo(1);
        assertThat(endedIds()).containsExactly("s30");
        assertThat(store().expireDue(9)).isEqualTo(2);
        assertThat(endedIds()).containsExactlyInAnyOrder("s40", "s50");
        assertThat(store().expireDue(9)).isZero();
    }

    @Test
    void aNodeWhoseClockIsBehindMustSweepNothing() {
        clock.set(createShort("s"));

        assertThat(clock.<Integer>at(START, () -> store().expireDue(10))).isZero();
        assertThat(store().expireDue(10)).isEqualTo(1);
    }

    @Test
    void temporarySessionsMustBeSweptToo() {
        store().create(ADA, NewSession.temporary());
        clock.pass(TEN_MINUTES);

        assertThat(store().expireDue(10)).isEqualTo(1);
        assertThat(tested().storedSessions()).isZero();
    }

    @Test
    void everySweepMustRemoveExactlyWhatHasExpiredOverTenPeriods() {
        Random random = new Random(10);
        Set<SessionInfo> living = new HashSet<>();
        int swept = 0;
        for (int period = 0; period < 10; period++) {
            for (int i = 0; i < 10; i++) {
                Duration idleTimeout = Duration.ofMillis(1 + random.nextInt(3_600_000));
                living.add(store().create(ADA, session("s" + period + "." + i).idleTimeout(idleTimeout)));
            }
            clock.pass(TEN_MINUTES);
            Set<SessionInfo> due = living.stream()
                    .filter(info -> !info.expiresAt().isAfter(clock.instant()))
                    .collect(Collectors.toSet());
            living.removeAll(due);

            swept += store().expireDue(1000);

            assertThat(endedIds())
                    .containsExactlyInAnyOrderElementsOf(
                            due.stream().map(SessionInfo::id).toList());
            assertThat(tested().storedSessions()).isEqualTo(living.size());
        }
        assertThat(swept).isEqualTo(100 - living.size()).isPositive();
    }

    @Test
    void aBacklogOfTenBatchesMustBeSweptByTenBatches() {
        List<String> ids = createShort(200);
        create("long");
        clock.pass(Duration.ofMinutes(30));
        assertThat(store().statistics(OPERATOR).overdue()).isEqualTo(200);

        for (int batch = 1; batch <= 10; batch++) {
            assertThat(store().expireDue(20)).isEqualTo(20);
            assertThat(store().statistics(OPERATOR).overdue()).isEqualTo(200 - 20 * batch);
        }

        assertThat(store().expireDue(20)).isZero();
        assertThat(endedIds()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(exists("long")).isTrue();
    }

    @Test
    void twoSweepersAtOnceUnderLoadMustSweepEverySessionOnce() {
        List<String> ids = createShort(300);
        store().create(ADA, session("live", "a").idleTimeout(Duration.ofDays(1)));
        clock.pass(Duration.ofMinutes(30));

        List<Integer> done = Together.run(4, thread -> thread < 2 ? sweepAll() : use("live", 50));

        assertThat(done.get(0) + done.get(1)).isEqualTo(300);
        assertThat(endedIds()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(tested().storedSessions()).isEqualTo(1);
        assertThat(info("live").revision()).isEqualTo(101);
    }

    private int sweepAll() {
        int sum = 0;
        for (int swept = store().expireDue(10); swept > 0; swept = store().expireDue(10)) {
            sum += swept;
        }
        return sum;
    }

    private int use(String id, int times) {
        for (int i = 0; i < times; i++) {
            put(id, "a", "x" + i);
            store().touch(ADA, id, Instant.EPOCH);
        }
        return times;
    }

    @Test
    void aTouchThatReturnedBeforeTheSweepMustKeepTheSession() {
        requireSaved(id -> store().touch(ADA, id, Instant.EPOCH).outcome() == Touched.Outcome.WRITTEN);
    }

    @Test
    void aSaveThatReturnedBeforeTheSweepMustKeepTheSession() {
        requireSaved(id -> put(id, "a", "x").revision() > 0);
    }

    @Test
    void anIncrementThatReturnedBeforeTheSweepMustKeepTheSession() {
        requireSaved(id -> save(SessionDelta.of(id).increment("n", 1)).revision() > 0);
    }

    /** One thread uses a session in its last millisecond, another sweeps it in the next. */
    private void requireSaved(Function<String, Boolean> use) {
        for (int round = 0; round < 100; round++) {
            String id = "s" + round;
            Instant expiresAt = createShort(id);

            List<Boolean> done = Together.run(
                    2,
                    thread -> thread == 0
                            ? clock.at(expiresAt.minusMillis(1), () -> isUsed(id, use))
                            : clock.at(expiresAt, () -> store().expireDue(1) == 1));

            clock.set(expiresAt);
            boolean used = done.get(0);
            boolean swept = done.get(1);
            assertThat(used && swept).as("used and swept in round " + round).isFalse();
            if (used) {
                assertThat(exists(id))
                        .as("used, and there after round " + round)
                        .isTrue();
            }
            store().delete(OPERATOR, id);
            store().expireDue(10);
            assertThat(endedIds()).as("announced in round " + round).containsExactly(id);
            assertThat(tested().storedEntries(id)).isZero();
        }
    }

    private static boolean isUsed(String id, Function<String, Boolean> use) {
        try {
            return use.apply(id);
        } catch (SessionNotFoundException e) {
            return false;
        }
    }

    @Test
    void aSessionThatIsDeletedAndSweptAtOnceMustEndOnce() {
        for (int round = 0; round < 50; round++) {
            String id = "s" + round;
            Instant expiresAt = createShort(id);

            List<Boolean> ended = Together.run(
                    2,
                    thread -> thread == 0
                            ? clock.at(expiresAt.minusMillis(1), () -> store().delete(ADA, id))
                            : clock.at(expiresAt, () -> store().expireDue(1) == 1));

            clock.set(expiresAt);
            store().expireDue(1);
            assertThat(ended.get(0) && ended.get(1)).isFalse();
            assertThat(endedIds()).containsExactly(id);
        }
    }

    @Test
    void anOverdueSessionThatIsUsedMustStillBeSweptOnceByOneOfManySweepers() {
        List<String> ids = createShort(40);
        clock.pass(Duration.ofMinutes(30));

        List<Collection<String>> used = Together.run(THREADS, thread -> {
            Collection<String> succeeded = new ArrayList<>();
            if (thread % 2 == 0) {
                store().expireDue(5);
            } else {
                ids.stream()
                        .sorted(Comparator.comparing(id -> (id + thread).hashCode()))
                        .filter(id -> isUsed(id, one -> store().touch(ADA, one, Instant.EPOCH) != null))
                        .forEach(succeeded::add);
            }
            return succeeded;
        });
        sweepAll();

        assertThat(used).allMatch(Collection::isEmpty);
        assertThat(endedIds()).containsExactlyInAnyOrderElementsOf(ids);
    }
}
