// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.NewSession;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionView;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.ManualClock;
import io.serpentry.session.testkit.Together;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class InMemoryConcurrencyTest {

    private static final Caller CALLER = Caller.of("ada");
    private static final Instant START = ManualClock.START;
    private static final byte[] CONTENT = {1, 2, 3};
    private static final int THREADS = 16;
    /** Few enough to be running at the same moment. */
    private static final int RACERS = 3;

    private static final int ROUNDS = 3000;

    private final ManualClock clock = new ManualClock();
    private final InMemorySessionStore store = store(0);

    private InMemorySessionStore store(int maxSessionsPerOwner) {
        SessionSettings usual = SessionSettings.defaults();
        return new InMemorySessionStore(
                new SessionSettings(
                        usual.idleTimeout(),
                        usual.temporaryIdleTimeout(),
                        usual.lifetime(),
                        usual.touchInterval(),
                        usual.maxEntrySize(),
                        usual.maxEntries(),
                        usual.maxBytes(),
                        maxSessionsPerOwner,
                        usual.historyCount(),
                        usual.historyAge(),
                        usual.codec()),
                clock);
    }

    private static NewSession brief(String id) {
        return NewSession.durable().id(id).idleTimeout(Duration.ofSeconds(1));
    }

    private static boolean isCreated(InMemorySessionStore store, Caller caller, NewSession session) {
        try {
            store.create(caller, session);
            return true;
        } catch (SessionExistsException | QuotaExceededException e) {
            return false;
        }
    }

    private static List<SessionEnded> delivered(InMemorySessionStore store) {
        List<SessionEnded> announcements = new ArrayList<>();
        store.deliver(10_000, announcements::add);
        return announcements;
    }

    @Test
    void oneOfManyCreatorsMustGetTheId() {
        List<Integer> winners = Race.winners(
                RACERS,
                ROUNDS,
                round -> thread -> isCreated(store, CALLER, NewSession.durable().id("s" + round)));

        assertThat(winners).containsOnly(1);
        assertThat(store.storedSessions()).isEqualTo(ROUNDS);
    }

    @Test
    void anExpiredIdMustBeAnnouncedAndTakenOnce() {
        for (int round = 0; round < ROUNDS; round++) {
            store.create(CALLER, brief("s" + round));
        }

        clock.pass(Duration.ofMinutes(1));

        List<Integer> winners =
                Race.winners(RACERS, ROUNDS, round -> thread -> isCreated(store, CALLER, brief("s" + round)));

        assertThat(winners).containsOnly(1);
        assertThat(delivered(store))
                .extracting(SessionEnded::session)
                .hasSize(ROUNDS)
                .doesNotHaveDuplicates();
    }

    @Test
    void anOwnerMustGetExactlyTheSessionsThatAreAllowed() {
        InMemorySessionStore limited = store(RACERS - 1);
        int owners = 500;
        // The more there is to be counted, the more can happen meanwhile.
        for (int i = 0; i < ROUNDS; i++) {
            limited.create(Caller.of("other" + i), NewSession.durable());
        }

        List<Integer> winners = Race.winners(RACERS, owners, round -> {
            Caller owner = Caller.of("owner" + round);
            return thread -> isCreated(limited, owner, NewSession.durable());
        });

        assertThat(winners).containsOnly(RACERS - 1);
        assertThat(limited.storedSessions()).isEqualTo(ROUNDS + (RACERS - 1) * owners);
    }

    @Test
    void whatHasExpiredOrWasDeletedMustMakeRoomForTheOwner() {
        InMemorySessionStore limited = store(2);
        limited.create(CALLER, brief("short"));
        limited.create(CALLER, NewSession.durable().id("long"));
        assertThatThrownBy(() -> limited.create(CALLER, NewSession.durable()))
                .isInstanceOf(QuotaExceededException.class)
                .hasMessageContaining("would be 3, and the limit is 2 (serpentry.session.maxSessionsPerOwner)");
        clock.pass(Duration.ofMinutes(1));

        limited.create(CALLER, NewSession.durable().id("third"));
        assertThat(isCreated(limited, CALLER, NewSession.durable().id("fourth")))
                .isFalse();
        limited.delete(CALLER, "long");

        assertThat(isCreated(limited, CALLER, NewSession.durable().id("fourth")))
                .isTrue();
    }

    @Test
    void aTakenIdMustBeTheAnswerAlsoIfTheOwnerHasNoRoom() {
        InMemorySessionStore limited = store(1);
        limited.create(CALLER, NewSession.durable().id("s"));

        assertThatThrownBy(() -> limited.create(CALLER, NewSession.durable().id("s")))
                .isInstanceOf(SessionExistsException.class);
    }

    @Test
    void everyIncrementMustCountOnceAndHaveARevisionOfItsOwn() {
        int each = 1000;
        store.create(CALLER, NewSession.durable().id("s"));

        List<Saved> saves = Together.run(THREADS, thread -> LongStream.range(0, each)
                        .mapToObj(i -> store.save(CALLER, SessionDelta.of("s").increment("n", 1)))
                        .toList())
                .stream()
                .flatMap(Collection::stream)
                .toList();

        long all = (long) THREADS * each;
        assertThat(saves.stream().map(save -> save.counters().get("n")).sorted())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, all).boxed().toList());
        assertThat(saves.stream().map(Saved::revision).sorted())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(2, all + 1).boxed().toList());
    }

    @Test
    void readersMustSeeSavesAsAWhole() {
        store.create(
                CALLER,
                NewSession.durable().id("s").entry("a", "text/plain", CONTENT).entry("b", "text/plain", CONTENT));
        SessionDelta both = SessionDelta.of("s")
                .put("a", "text/plain", CONTENT, EntryChange.ANY)
                .put("b", "text/plain", CONTENT, EntryChange.ANY);
        AtomicBoolean writing = new AtomicBoolean(true);

        List<Boolean> torn = Together.run(2, thread -> {
            boolean seen = false;
            if (thread == 0) {
                LongStream.range(0, 5000).forEach(i -> store.save(CALLER, both));
                writing.set(false);
            }
            while (writing.get()) {
                SessionView view = store.find(CALLER, "s").orElseThrow();
                long a = view.entry("a").map(EntryInfo::version).orElseThrow();
                long b = view.entry("b").map(EntryInfo::version).orElseThrow();
                seen |= a != b || view.info().revision() != a + b - 1;
            }
            return seen;
        });

        assertThat(torn).containsOnly(false);
    }

    @Test
    void everySessionMustExpireOnceWithManySweepers() {
        int count = 2000;
        for (int i = 0; i < count; i++) {
            store.create(CALLER, NewSession.temporary());
        }

        clock.pass(Duration.ofDays(1));

        List<Integer> swept = Together.run(4, thread -> {
            int sum = 0;
            for (int batch = store.expireDue(100); batch > 0; batch = store.expireDue(100)) {
                sum += batch;
            }
            return sum;
        });

        assertThat(swept.stream().mapToInt(Integer::intValue).sum()).isEqualTo(count);
        assertThat(delivered(store))
                .extracting(SessionEnded::session)
                .hasSize(count)
                .doesNotHaveDuplicates();
        assertThat(store.storedSessions()).isZero();
    }

    @Test
    void aSessionThatIsTouchedAndSweptAtOnceMustLiveOrHaveEnded() {
        List<Instant> expiries = IntStream.range(0, ROUNDS)
                .mapToObj(round -> {
                    clock.set(START.plusSeconds(round));
                    return store.create(CALLER, brief("s" + round)).expiresAt();
                })
                .toList();

        List<Integer> winners = Race.winners(2, ROUNDS, round -> thread -> {
            Instant expiry = expiries.get(round);
            return thread == 0
                    ? clock.at(expiry.minusMillis(1), () -> isTouched("s" + round))
                    : clock.at(expiry, () -> store.expireDue(1) == 1);
        });

        assertThat(winners).containsOnly(1);
        assertThat(store.storedSessions() + delivered(store).size()).isEqualTo(ROUNDS);
    }

    private boolean isTouched(String id) {
        try {
            store.touch(CALLER, id, START.plus(Duration.ofDays(1)));
            return true;
        } catch (SessionNotFoundException e) {
            return false;
        }
    }
}
