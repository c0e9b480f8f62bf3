// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a session ceases to exist, and that it does for everybody. */
abstract class ExpiryContract extends StoreFixture {

    private static final int SESSIONS = 60;
    private static final Duration LONGEST_BUCKET = Duration.ofMinutes(1);

    ExpiryContract(SessionStoreContract adapter) {
        super(adapter);
    }

    @ParameterizedTest
    @EnumSource(SessionCall.class)
    void anExpiredSessionMustBeAsOneThatNeverWas(SessionCall call) {
        clock.set(create("overdue1", SessionCall.ENTRY).expiresAt());

        String answer = call.answer(store(), ADA, "overdue1");

        assertThat(answer).isEqualTo(call.answer(store(), ADA, "unknown"));
        assertThat(call.isOfNone(answer)).as(answer).isTrue();
    }

    @ParameterizedTest
    @EnumSource(SessionCall.class)
    void nothingMustReviveAnExpiredSession(SessionCall call) {
        clock.set(create("overdue1", SessionCall.ENTRY).expiresAt());

        call.answer(store(), ADA, "overdue1");
        call.answer(store(), OPERATOR, "overdue1");

        assertThat(exists("overdue1")).isFalse();
        assertThat(store().expireDue(10)).isEqualTo(1);
        assertThat(ended()).extracting(SessionEnded::reason).containsExactly(SessionEnded.Reason.EXPIRED);
    }

    @Test
    void aSessionMustExistUntilItExpiresAndNotAMillisecondLonger() {
        Instant expiresAt = create("s").expiresAt();

        clock.set(expiresAt.minusMillis(1));
        assertThat(store().find(ADA, "s")).isPresent();
        clock.set(expiresAt);
        assertThat(store().find(ADA, "s")).isEmpty();
    }

    @Test
    void anExpiredSessionMustNotBeListed() {
        Instant expiresAt = create("s").expiresAt();
        clock.set(expiresAt.minusMillis(1));
        assertThat(store().page(ADA, SessionQuery.all()).items()).hasSize(1);

        clock.set(expiresAt);

        assertThat(store().page(ADA, SessionQuery.all()).items()).isEmpty();
        assertThat(store().page(OPERATOR, SessionQuery.all()).items()).isEmpty();
    }

    @Test
    void anExpiredSessionMustCountAsOverdueOnly() {
        Instant expiresAt = create("s", "a").expiresAt();
        clock.set(expiresAt.minusMillis(1));
        assertThat(store().statistics(ADA).overdue()).isZero();

        clock.set(expiresAt);

        assertThat(store().statistics(ADA)).satisfies(statistics -> {
            assertThat(statistics.overdue()).isEqualTo(1);
            assertThat(statistics.sessions()).containsEntry(SessionKind.DURABLE, 0L);
            assertThat(statistics.entries()).isZero();
            assertThat(statistics.bytes()).isZero();
            assertThat(statistics.oldest()).isNull();
        });
    }

    @Test
    void theUsualExpiryMustBeAtMostATenthAndTwoMinutesLate() {
        SessionInfo durable = create("s");
        SessionInfo temporary = store().create(ADA, NewSession.temporary());

        assertThat(durable.expiresAt())
                .isBetween(START.plus(Duration.ofMinutes(60)), START.plus(Duration.ofMinutes(62)));
        assertThat(temporary.expiresAt())
                .isBetween(START.plus(Duration.ofMinutes(5)), START.plus(Duration.ofSeconds(330)));
    }

    @Test
    void theLongestTimesMustBeKept() {
        Duration longest = Duration.ofDays(36_500);

        SessionInfo info = store().create(ADA, session("s").idleTimeout(longest).lifetime(longest));

        assertThat(info.expiresAt()).isEqualTo(START.plus(longest));
        assertThat(info("s")).isEqualTo(info);
    }

    @Test
    void theShortestTimesMustBeKept() {
        store().create(ADA, session("s").idleTimeout(Duration.ofMillis(1)));
        assertThat(exists("s")).isTrue();

        clock.pass(Duration.ofMillis(2));
        assertThat(exists("s")).isFalse();
    }

    /**
     * Sessions with all kinds of timeouts that are accessed at random moments: each must be there until its idle timeout after the last
     * access, written or not, and be gone the stated bound later.
     */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 700, 60_000, 900_000})
    void aSessionMustExpireNeitherEarlyNorLaterThanTheBound(long touchIntervalMillis) {
        open(settings().touchInterval(Duration.ofMillis(touchIntervalMillis)));
        for (int seed = 0; seed < SESSIONS; seed++) {
            new Life(seed, Duration.ofMillis(touchIntervalMillis)).requireItsTime();
        }
    }

    /** The life of one session. */
    private final class Life {

        private final String id;
        private final Random random;
        private final Duration idleTimeout;
        private final Duration interval;
        private final Duration bound;
        private final Instant end;
        private Instant lastAccess;

        Life(int seed, Duration touchInterval) {
            id = "s" + seed;
            random = new Random(seed);
            idleTimeout = Duration.ofMillis(1 + (long) Math.pow(10, random.nextDouble(7)));
            Duration twentieth = Duration.ofMillis(idleTimeout.toMillis() / 20);
            interval = shorter(touchInterval, twentieth);
            Duration bucket = shorter(LONGEST_BUCKET, twentieth);
            bound = interval.plus(bucket.isZero() ? Duration.ofMillis(1) : bucket);
            // At any moment, not at the beginning of a bucket.
            clock.pass(Duration.ofMillis(random.nextInt(100_000)));
            lastAccess = clock.instant();
            Duration lifetime = random.nextBoolean() ? null : idleTimeout.multipliedBy(1 + random.nextInt(4));
            end = lifetime == null ? Instant.MAX : lastAccess.plus(lifetime);
            store().create(ADA, session(id, "a").idleTimeout(idleTimeout).lifetime(lifetime));
        }

        void requireItsTime() {
            for (int i = 0; i < 10 && clock.instant().isBefore(earliest()); i++) {
                access();
                requireLife();
                long most = random.nextBoolean() ? interval.toMillis() * 2 : idleTimeout.toMillis();
                clock.pass(Duration.ofMillis((long) (random.nextDouble() * most)));
            }
            if (clock.instant().isBefore(earliest())) {
                clock.set(earliest().minusMillis(1));
                requireLife();
            }
            Instant latest = earlier(lastAccess.plus(idleTimeout).plus(bound), end);
            if (clock.instant().isBefore(latest)) {
                clock.set(latest);
            }
            assertThat(exists(id))
                    .as("%s at %s, accessed at %s", this, clock.instant(), lastAccess)
                    .isFalse();
        }

        private Instant earliest() {
            return earlier(lastAccess.plus(idleTimeout), end);
        }

        private void access() {
            int kind = random.nextInt(3);
            if (kind == 0) {
                return;
            }
            if (kind == 1) {
                store().touch(ADA, id, Instant.EPOCH);
            } else {
                save(put(SessionDelta.of(id), "a", "x"));
            }
            lastAccess = clock.instant();
        }

        private void requireLife() {
            String what = this + " at " + clock.instant() + ", accessed at " + lastAccess;
            assertThat(exists(id)).as(what).isTrue();
            assertThat(info(id).expiresAt()).as(what).isBetween(earliest(), end);
            assertThat(info(id).lastAccessedAt()).as(what).isBetween(lastAccess.minus(interval), lastAccess);
        }

        @Override
        public String toString() {
            return "session " + id + " with idle timeout " + idleTimeout + ", end " + end;
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
