// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.Touched;
import io.serpentry.session.Touched.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How an access keeps a session. */
abstract class TouchContract extends StoreFixture {

    private static final Duration IDLE = Duration.ofHours(1);

    TouchContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private Touched touch(String id) {
        return touch(id, Instant.EPOCH);
    }

    private Touched touch(String id, Instant atLeast) {
        return store().touch(ADA, id, atLeast);
    }

    private void requireLife(Instant until) {
        clock.set(until.minusMillis(1));
        assertThat(exists("s")).as("1 ms before " + until).isTrue();
    }

    @Test
    void anAccessMustKeepTheSessionForItsIdleTimeout() {
        create("s");
        clock.pass(Duration.ofMinutes(59));

        assertThat(touch("s").outcome()).isEqualTo(Outcome.WRITTEN);

        assertThat(info("s").lastAccessedAt()).isEqualTo(clock.instant());
        requireLife(clock.instant().plus(IDLE));
    }

    @Test
    void anAccessMustTellWhenTheSessionExpires() {
        create("s");
        clock.pass(Duration.ofMinutes(30));

        assertThat(touch("s").expiresAt()).isEqualTo(info("s").expiresAt());
        assertThat(touch("s").expiresAt()).isEqualTo(info("s").expiresAt());
    }

    @Test
    void anAccessSoonAfterAnotherMustNotBeWritten() {
        SessionInfo before = create("s");
        clock.pass(Duration.ofMinutes(1).minusMillis(1));

        assertThat(touch("s")).isEqualTo(new Touched(Outcome.COALESCED, before.expiresAt()));

        assertThat(info("s")).isEqualTo(before);
        requireLife(clock.instant().plus(IDLE));
    }

    @Test
    void anAccessMustBeWrittenWhenTheIntervalIsOver() {
        create("s");
        clock.pass(Duration.ofMinutes(1));

        assertThat(touch("s").outcome()).isEqualTo(Outcome.WRITTEN);
        assertThat(info("s").lastAccessedAt()).isEqualTo(clock.instant());
    }

    @Test
    void theIntervalMustBeAtMostATwentiethOfTheIdleTimeout() {
        store().create(ADA, session("s").idleTimeout(Duration.ofSeconds(20)));
        clock.pass(Duration.ofMillis(999));
        assertThat(touch("s").outcome()).isEqualTo(Outcome.COALESCED);

        clock.pass(Duration.ofMillis(1));
        assertThat(touch("s").outcome()).isEqualTo(Outcome.WRITTEN);
    }

    @Test
    void everyAccessMustBeWrittenIfTheIntervalIsZero() {
        open(settings().touchInterval(Duration.ZERO));
        create("s");

        assertThat(touch("s").outcome()).isEqualTo(Outcome.WRITTEN);
        assertThat(touch("s").outcome()).isEqualTo(Outcome.WRITTEN);
    }

    @Test
    void aSaveMustBeAnAccess() {
        create("s", "a");
        clock.pass(Duration.ofMinutes(40));
        put("s", "a", "x");

        assertThat(info("s").lastAccessedAt()).isEqualTo(clock.instant());
        requireLife(clock.instant().plus(IDLE));
    }

    @Test
    void everyKindOfSaveMustBeAnAccess() {
        create("s", "a", "b");
        List<SessionDelta> deltas = List.of(
                SessionDelta.of("s"),
                SessionDelta.of("s").increment("n", 1),
                SessionDelta.of("s").increment("n", 1),
                SessionDelta.of("s").remove("a", 1),
                put(SessionDelta.of("s"), "b", "x".repeat(5000)));
        for (SessionDelta delta : deltas) {
            clock.pass(Duration.ofMinutes(40));

            save(delta);

            assertThat(info("s").lastAccessedAt()).isEqualTo(clock.instant());
        }
    }

    @Test
    void aSaveSoonAfterAnAccessMustNotMoveIt() {
        SessionInfo before = create("s", "a");
        clock.pass(Duration.ofSeconds(30));

        put("s", "a", "x");

        assertThat(info("s").lastAccessedAt()).isEqualTo(before.lastAccessedAt());
        assertThat(info("s").expiresAt()).isEqualTo(before.expiresAt());
    }

    @Test
    void anAccessMustBeNoChange() {
        create("s", "a");
        clock.pass(Duration.ofMinutes(10));
        touch("s");

        assertThat(info("s").revision()).isEqualTo(1);
        assertThat(view("s").entries()).extracting("version").containsExactly(1L);
    }

    @Test
    void aWishToLiveUntilAMomentMustBeFulfilledAtOnce() {
        create("s");
        Instant wanted = START.plus(Duration.ofHours(30));

        Touched touched = touch("s", wanted);

        assertThat(touched.outcome()).isEqualTo(Outcome.WRITTEN);
        assertThat(touched.expiresAt()).isBetween(wanted, wanted.plus(Duration.ofMinutes(1)));
        requireLife(wanted);
    }

    @Test
    void aWishForLessThanThereIsMustChangeNothing() {
        SessionInfo before = create("s");

        assertThat(touch("s", before.expiresAt())).isEqualTo(new Touched(Outcome.COALESCED, before.expiresAt()));
        assertThat(info("s")).isEqualTo(before);
    }

    @Test
    void whatWasPromisedMustNotBeTakenBackByALaterAccess() {
        create("s", "a");
        Instant promised = touch("s", START.plus(Duration.ofHours(30))).expiresAt();
        clock.pass(Duration.ofHours(2));

        touch("s");
        put("s", "a", "x");
        save(SessionDelta.of("s").increment("n", 1));

        assertThat(info("s").expiresAt()).isEqualTo(promised);
    }

    @Test
    void noWishMustReachBeyondTheLifetime() {
        store().create(ADA, session("s").lifetime(Duration.ofHours(5)));

        assertThat(touch("s", START.plus(Duration.ofHours(30))).expiresAt()).isEqualTo(START.plus(Duration.ofHours(5)));
        assertThat(info("s").expiresAt()).isEqualTo(START.plus(Duration.ofHours(5)));
    }

    @Test
    void theLifetimeMustEndTheSessionToTheMillisecondHoweverOftenItIsAccessed() {
        Instant end = START.plus(Duration.ofMinutes(90)).plusMillis(7);
        store().create(ADA, session("s").lifetime(Duration.between(START, end)));
        while (clock.instant().plus(Duration.ofMinutes(20)).isBefore(end)) {
            clock.pass(Duration.ofMinutes(20));
            touch("s");
        }

        requireLife(end);
        touch("s");
        clock.set(end);
        assertThat(exists("s")).isFalse();
    }

    @Test
    void theLastAccessMustNeverMoveBackward() {
        open(settings().touchInterval(Duration.ZERO));
        create("s", "a");
        clock.pass(Duration.ofMinutes(10));
        touch("s");
        SessionInfo before = info("s");
        // As on a node whose clock is behind.
        clock.set(START.plus(Duration.ofMinutes(4)));

        touch("s");
        put("s", "a", "x");
        save(SessionDelta.of("s").increment("n", 1));
        touch("s", before.expiresAt().plus(Duration.ofHours(1)));

        assertThat(info("s").lastAccessedAt()).isEqualTo(before.lastAccessedAt());
        assertThat(info("s").expiresAt()).isAfterOrEqualTo(before.expiresAt().plus(Duration.ofHours(1)));
    }

    @Test
    void theExpiryMustNeverMoveBackwardWithTheClock() {
        open(settings().touchInterval(Duration.ZERO));
        create("s");
        clock.pass(Duration.ofMinutes(30));
        Touched before = touch("s");
        clock.set(START.plus(Duration.ofMinutes(10)));

        assertThat(touch("s").expiresAt()).isEqualTo(before.expiresAt());
        assertThat(info("s").expiresAt()).isEqualTo(before.expiresAt());
    }

    @Test
    void accessesAtOnceMustAllReturnAndOneAtLeastBeWritten() {
        create("s");
        for (int round = 0; round < 20; round++) {
            clock.pass(Duration.ofMinutes(2));

            List<Touched> touched = Together.run(THREADS, thread -> touch("s"));

            assertThat(touched).extracting(Touched::outcome).contains(Outcome.WRITTEN);
            assertThat(info("s").lastAccessedAt()).isEqualTo(clock.instant());
        }
    }

    @Test
    void accessesAndSavesAtOnceMustAllCount() {
        create("s", "a");
        clock.pass(Duration.ofMinutes(30));

        Together.run(8, thread -> thread % 2 == 0 ? touch("s") : put("s", "a", "x" + thread));

        assertThat(info("s").lastAccessedAt()).isEqualTo(clock.instant());
        assertThat(info("s").revision()).isEqualTo(5);
    }

    @Test
    void aWishBeyondAllBoundsMustBeRefused() {
        create("s");

        assertThatThrownBy(() -> touch("s", Instant.MAX)).isInstanceOf(InvalidArgumentException.class);
        assertThatThrownBy(() -> touch("s", START.plus(Duration.ofDays(40_000))))
                .isInstanceOf(InvalidArgumentException.class);
        assertThat(touch("s", START.plus(Duration.ofDays(30_000))).outcome()).isEqualTo(Outcome.WRITTEN);
    }

    @Test
    void aWishFromBeforeAllTimeMustBeNoWish() {
        SessionInfo before = create("s");

        assertThat(touch("s", Instant.MIN).expiresAt()).isEqualTo(before.expiresAt());
    }

    @Test
    void whatDoesNotExistMustNotBeTouched() {
        assertThatThrownBy(() -> touch("none")).isInstanceOf(SessionNotFoundException.class);
    }
}
