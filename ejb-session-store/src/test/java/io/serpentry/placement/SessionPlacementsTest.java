// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.Placement;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkersExhaustedException;
import io.serpentry.session.testkit.Together;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SessionPlacementsTest {

    private static final String POOL = "default";
    private static final List<String> WORKERS = List.of("w0", "w1", "w2");
    private static final int THREADS = 16;
    private static final int ROUNDS = 20_000;

    private final SessionPlacements placements = new SessionPlacements();

    @Test
    void aSessionMustBePreferredWhereItWasServedLast() {
        placements.served(POOL, "s", "w1");
        placements.served(POOL, "s", "w2");

        assertThat(placements.of(POOL, "s")).isInstanceOfSatisfying(Placement.Preferred.class, preferred -> {
            assertThat(preferred.workerId()).isEqualTo("w2");
            assertThat(preferred.loadOfWorker().applyAsInt("w2")).isEqualTo(1);
        });
        assertThat(placements.worker(POOL, "s")).contains("w2");
        assertThat(placements.load("w1")).isZero();
        assertThat(placements.load("w2")).isEqualTo(1);
    }

    @Test
    void aSessionThatIsWarmNowhereMustNotBeRequired() {
        assertThatThrownBy(() -> placements.strictly(POOL, "s", Duration.ofSeconds(1)))
                .isInstanceOf(WorkersExhaustedException.class)
                .hasMessageContaining("s");
    }

    @Test
    void theSessionsOfAPoolMustBeToldByWorkerAndOrdered() {
        placements.served(POOL, "b", "w1");
        placements.served(POOL, "a", "w1");
        placements.served(POOL, "c", "w2");
        placements.served("other", "d", "o1");

        assertThat(placements.sessions(POOL))
                .isEqualTo(new TreeMap<>(Map.of("w1", ordered("a", "b"), "w2", ordered("c"))));
    }

    private static SortedSet<String> ordered(String... sessions) {
        return new TreeSet<>(List.of(sessions));
    }

    @Test
    void aMoveMustTakeTheSessionAndItsLoadAlong() {
        placements.served(POOL, "s", "w1");

        assertThat(placements.move(POOL, "s", "w1", "w2")).isTrue();

        assertThat(placements.worker(POOL, "s")).contains("w2");
        assertThat(placements.load("w1")).isZero();
        assertThat(placements.load("w2")).isEqualTo(1);
    }

    @Test
    void aCallDuringADrainMustMakeNothingWarmAndGoToAnyWorker() {
        placements.served(POOL, "warm", "w1");
        placements.draining(true);
        placements.served(POOL, "late", "w1");

        assertThat(placements.worker(POOL, "late")).isEmpty();
        assertThat(placements.of(POOL, "warm")).isNotInstanceOf(Placement.Preferred.class);
        assertThat(placements.move(POOL, "warm", "w1", null)).isTrue();
        assertThat(placements.move(POOL, "warm", null, "w1"))
                .as("a drain that is taken back")
                .isTrue();
        placements.draining(false);
        assertThat(placements.of(POOL, "warm"))
                .isInstanceOfSatisfying(Placement.Preferred.class, preferred -> assertThat(preferred.workerId())
                        .isEqualTo("w1"));
        placements.served(POOL, "late", "w2");
        assertThat(placements.worker(POOL, "late")).contains("w2");
    }

    @Test
    void aMoveToNowhereMustForgetTheSession() {
        placements.served(POOL, "s", "w1");

        assertThat(placements.move(POOL, "s", "w1", null)).isTrue();

        assertThat(placements.worker(POOL, "s")).isEmpty();
        assertThat(placements.load("w1")).isZero();
    }

    @Test
    void aMoveFromNowhereMustPlaceTheSession() {
        assertThat(placements.move(POOL, "s", null, "w1")).isTrue();

        assertThat(placements.worker(POOL, "s")).contains("w1");
        assertThat(placements.load("w1")).isEqualTo(1);
    }

    @Test
    void aMoveMustLeaveASessionThatIsElsewhereByNow() {
        placements.served(POOL, "s", "w3");

        assertThat(placements.move(POOL, "s", "w1", "w2")).isFalse();
        assertThat(placements.move(POOL, "s", null, "w2")).isFalse();

        assertThat(placements.worker(POOL, "s")).contains("w3");
        assertThat(placements.load("w2")).isZero();
    }

    @Test
    void aMoveToWhereItIsMustChangeNothing() {
        placements.served(POOL, "s", "w2");

        assertThat(placements.move(POOL, "s", "w1", "w2")).isTrue();

        assertThat(placements.load("w2")).isEqualTo(1);
    }

    @Test
    void aForgottenSessionMustBeNoLoad() {
        placements.served(POOL, "s", "w1");
        placements.served("other", "s", "o1");

        placements.forget("s");

        assertThat(placements.load("w1")).isZero();
        assertThat(placements.load("o1")).isZero();
        assertThat(placements.sessions(POOL)).isEmpty();
    }

    @Test
    void whatAWorkerHadWarmMustBeForgottenWithItsEnd() {
        placements.served(POOL, "a", "w1");
        placements.served(POOL, "b", "w1");
        placements.served(POOL, "c", "w2");

        placements.workerEnded(POOL, new WorkerIdentity("w1", 1), WorkerEndCause.LOST, "killed");

        assertThat(placements.sessions(POOL)).containsOnlyKeys("w2");
        assertThat(placements.load("w1")).isZero();
        assertThat(placements.of(POOL, "a")).isInstanceOf(Placement.Spread.class);
    }

    /** Many threads place, move and forget the same few sessions. */
    @Test
    void loadsMustBeTheNumberOfSessionsWhateverHappensAtOnce() {
        List<Integer> done = Together.run(THREADS, thread -> {
            Random random = new Random(thread);
            for (int round = 0; round < ROUNDS; round++) {
                String session = "s" + random.nextInt(3);
                String worker = WORKERS.get(random.nextInt(WORKERS.size()));
                switch (random.nextInt(4)) {
                    case 0 -> placements.forget(session);
                    case 1 -> placements.move(POOL, session, WORKERS.get(random.nextInt(WORKERS.size())), worker);
                    default -> placements.served(POOL, session, worker);
                }
            }
            return ROUNDS;
        });

        assertThat(done).hasSize(THREADS);
        for (String worker : WORKERS) {
            int warm = placements
                    .sessions(POOL)
                    .getOrDefault(worker, new TreeSet<>())
                    .size();
            assertThat(placements.load(worker)).as("load of " + worker).isEqualTo(warm);
        }
    }

    /** Each round, all threads move the one session away from where it is; exactly one of them may have done it. */
    @Test
    void onlyOneOfManyMovesFromTheSamePlaceMustSucceed() {
        for (int round = 0; round < 200; round++) {
            String session = "s" + round;
            placements.served(POOL, session, "w");
            List<Boolean> moved = Together.run(4, thread -> placements.move(POOL, session, "w", "to-" + thread));
            assertThat(moved).as("round " + round).containsOnlyOnce(true);
        }
    }
}
