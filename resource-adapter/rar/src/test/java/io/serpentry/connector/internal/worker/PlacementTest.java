// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkersExhaustedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests that ask for a worker, whichever seat the container offers. */
@Tag("core")
class PlacementTest {

    private static final Duration LONG = PoolFixture.LONG;

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    private WorkerPool pool;

    @BeforeEach
    void open() throws IOException {
        pool = fixture.pool();
    }

    private Seat taken(Placement placement) {
        Seat seat = pool.seat();
        assertThat(seat.take(placement, LONG)).isTrue();
        return seat;
    }

    private static String workerOf(Seat seat) {
        return seat.worker().id();
    }

    private Object pid(Seat seat) {
        return fixture.call(seat.bind(), "probe.pid");
    }

    @Test
    void aPreferredWorkerThatIsIdleMustServeWhicheverSeatIsOffered() {
        Seat offered = pool.seat();
        Seat other = pool.seat();
        String first = workerOf(offered);
        String wanted = workerOf(other);

        assertThat(offered.take(Placement.prefer(wanted), LONG)).isTrue();

        assertThat(workerOf(offered)).isEqualTo(wanted);
        assertThat(workerOf(other)).isEqualTo(first);
        assertThat(pid(offered)).hasToString(Long.toString(offered.worker().pid()));
        assertThat(other.take(Placement.anywhere(), LONG)).isTrue();
        assertThat(pid(other)).hasToString(Long.toString(other.worker().pid()));
    }

    @Test
    void aPreferredWorkerThatIsInUseMustNotBeWaitedFor() {
        Seat busy = taken(Placement.anywhere());
        Seat offered = pool.seat();
        String own = workerOf(offered);

        assertThat(offered.take(Placement.prefer(workerOf(busy)), LONG)).isTrue();

        assertThat(workerOf(offered)).isEqualTo(own);
    }

    @Test
    void insteadOfAPreferredWorkerThatIsInUseTheOneWithTheSmallestLoadMustServe() {
        Seat busy = taken(Placement.anywhere());
        Seat offered = pool.seat();
        Seat least = pool.seat();
        Map<String, Integer> loads = Map.of(workerOf(busy), 0, workerOf(offered), 7, workerOf(least), 3);
        String wanted = workerOf(least);

        assertThat(offered.take(Placement.prefer(workerOf(busy), loads::get), LONG))
                .isTrue();

        assertThat(workerOf(offered)).isEqualTo(wanted);
    }

    @Test
    void insteadOfAPreferredWorkerThatIsGoneTheOneWithTheSmallestLoadMustServe() {
        Seat offered = pool.seat();
        Seat least = pool.seat();
        String wanted = workerOf(least);

        assertThat(offered.take(Placement.prefer("gone", worker -> worker.equals(wanted) ? 1 : 2), LONG))
                .isTrue();

        assertThat(workerOf(offered)).isEqualTo(wanted);
    }

    @Test
    void aPreferredWorkerThatIsIdleMustServeWhateverItsLoad() {
        Seat offered = pool.seat();
        Seat other = pool.seat();
        String wanted = workerOf(other);

        assertThat(offered.take(Placement.prefer(wanted, worker -> worker.equals(wanted) ? 9 : 0), LONG))
                .isTrue();

        assertThat(workerOf(offered)).isEqualTo(wanted);
    }

    @Test
    void aSecondRequestMustMoveATakenSeatBeforeItsFirstCall() {
        Seat seat = taken(Placement.anywhere());
        Seat other = pool.seat();
        String wanted = workerOf(other);

        assertThat(seat.take(Placement.prefer(wanted), LONG)).isTrue();

        assertThat(workerOf(seat)).isEqualTo(wanted);
        assertThat(pid(seat)).hasToString(Long.toString(seat.worker().pid()));
    }

    @Test
    void aSecondRequestMustNotMoveATakenSeatAfterItsFirstCall() {
        Seat seat = taken(Placement.anywhere());
        Seat other = pool.seat();
        String own = workerOf(seat);
        pid(seat);

        assertThat(seat.take(Placement.prefer(workerOf(other)), LONG)).isTrue();

        assertThat(workerOf(seat)).isEqualTo(own);
    }

    @Test
    void aSeatMustBeFreeToMoveAgainOnceItWasGivenBack() {
        Seat seat = taken(Placement.anywhere());
        Seat other = pool.seat();
        pid(seat);
        assertThat(seat.give()).isTrue();
        String wanted = workerOf(other);

        assertThat(seat.take(Placement.prefer(wanted), LONG)).isTrue();

        assertThat(workerOf(seat)).isEqualTo(wanted);
    }

    @Test
    void theChannelOfADeadWorkerMustNeverBeExchanged() throws Exception {
        Seat offered = pool.seat();
        Seat dead = pool.seat();
        String own = workerOf(offered);
        CompletableFuture<Void> told = new CompletableFuture<>();
        dead.onLoss(() -> told.complete(null));
        PoolFixture.signal("KILL", dead.worker().pid());
        told.get(10, TimeUnit.SECONDS);

        assertThat(offered.take(Placement.prefer(workerOf(dead)), LONG)).isTrue();

        assertThat(workerOf(offered)).isEqualTo(own);
    }

    @Test
    void theDeathOfAnIdleWorkerMustBeToldToTheSeatItIsInNow() throws Exception {
        Seat seat = pool.seat();
        Seat other = pool.seat();
        List<String> told = new ArrayList<>();
        CompletableFuture<Void> any = new CompletableFuture<>();
        seat.onLoss(() -> told.add("seat"));
        seat.onLoss(() -> any.complete(null));
        other.onLoss(() -> told.add("other"));
        seat.take(Placement.prefer(workerOf(other)), LONG);
        seat.give();

        PoolFixture.signal("KILL", seat.worker().pid());

        any.get(10, TimeUnit.SECONDS);
        assertThat(told).isEmpty();
        assertThat(other.channel().isUsable()).isTrue();
    }

    @Test
    void theChannelOfAClosedSeatMustNotBeExchanged() {
        Seat offered = pool.seat();
        Seat closed = pool.seat();
        String own = workerOf(offered);
        closed.close();

        assertThat(offered.take(Placement.prefer(workerOf(closed)), LONG)).isTrue();

        assertThat(workerOf(offered)).isEqualTo(own);
        assertThat(fixture.call(offered.bind(), "probe.add", "left", 1, "right", 2))
                .hasToString("3");
    }

    @Test
    void anotherThreadMustNotHaveASeatBeforeItsLastUserHasSaidEverything() throws Exception {
        Seat seat = taken(Placement.anywhere());
        pid(seat);
        assertThat(seat.keep()).isTrue();
        Background<Object> next = Background.of(() -> seat.take(Placement.anywhere(), LONG));
        Await.until("the next one waits", () -> next.thread().getState() == Thread.State.TIMED_WAITING);
        pid(seat);

        seat.giveKept();

        assertThat(next.value()).isEqualTo(true);
    }

    @Test
    void aSeatThatIsKeptForTooLongMustBeToldAndStayWithWhoKeepsIt() throws Exception {
        Seat seat = taken(Placement.anywhere());
        pid(seat);
        assertThat(seat.keep()).isTrue();
        Background<PythonException> impatient = Background.of(() -> {
            PythonException failure = PoolFixture.failure(() -> seat.take(Placement.anywhere(), Duration.ofMillis(70)));
            assertThat(seat.give())
                    .as("as the container cleans up what it could not hand out")
                    .isTrue();
            assertThat(seat.keep()).isTrue();
            return failure;
        });

        assertThat(impatient.value())
                .isInstanceOf(WorkersExhaustedException.class)
                .hasMessageContaining("hooks")
                .hasMessageContaining("70 ms");
        assertThat(pid(seat))
                .as("still taken")
                .hasToString(Long.toString(seat.worker().pid()));
        seat.giveKept();
        assertThat(seat.take(Placement.anywhere(), Duration.ZERO)).isTrue();
    }

    @Test
    void anInterruptMustEndTheWaitForASeatThatIsKept() throws Exception {
        Seat seat = taken(Placement.anywhere());
        seat.keep();
        Background<Object> next = Background.of(() -> seat.take(Placement.anywhere(), LONG));
        Await.until("the next one waits", () -> next.thread().getState() == Thread.State.TIMED_WAITING);

        next.thread().interrupt();

        assertThat(next.failure()).hasMessageContaining("interrupted");
    }

    @Test
    void theThreadThatKeepsASeatMustNotWaitForItself() {
        Seat seat = taken(Placement.anywhere());
        seat.keep();

        assertThat(seat.take(Placement.anywhere(), LONG)).isTrue();
    }

    // ---- strict

    @Test
    void aRequiredWorkerMustBeHandedOverByTheOneWhoGivesItBack() throws Exception {
        Seat busy = taken(Placement.anywhere());
        Seat other = pool.seat();
        Placement.Required required = new Placement.Required(workerOf(busy), LONG);
        assertThat(other.take(required, LONG)).isTrue();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        Background<String> waiter = Background.of(() -> {
            begun.complete(null);
            other.require(required);
            return workerOf(other);
        });
        begun.get(10, TimeUnit.SECONDS);
        Await.until("somebody waits", () -> waiter.thread().getState() == Thread.State.TIMED_WAITING);

        boolean stillThere = pool.seating().changing(() -> {
            busy.give();
            return busy.channel().isOf(required.workerId());
        });

        assertThat(stillThere).as("nobody may come before the one who waits").isFalse();
        assertThat(waiter.value()).isEqualTo(required.workerId());
        assertThat(pid(other)).hasToString(Long.toString(other.worker().pid()));
    }

    @Test
    void aRequiredWorkerThatStaysInUseMustBeToldWithTheTimeOfTheWait() {
        Seat busy = taken(Placement.anywhere());
        Seat other = taken(Placement.anywhere());

        PythonException failure =
                PoolFixture.failure(() -> other.require(new Placement.Required(workerOf(busy), Duration.ofMillis(70))));

        assertThat(failure)
                .isInstanceOf(WorkersExhaustedException.class)
                .hasMessageContaining(workerOf(busy))
                .hasMessageContaining("70 ms");
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void aRequiredWorkerThatDoesNotLiveMustNotBeWaitedFor() {
        Seat seat = taken(Placement.anywhere());

        PythonException failure =
                PoolFixture.failure(() -> seat.require(new Placement.Required("test-99", Duration.ofDays(1))));

        assertThat(failure).isInstanceOf(WorkersExhaustedException.class).hasMessageContaining("does not live");
    }

    @Test
    void aRequiredWorkerThatDiesMustEndTheWait() throws Exception {
        Seat busy = taken(Placement.anywhere());
        Seat other = taken(Placement.anywhere());
        var wait = Background.of(() -> {
            other.require(new Placement.Required(workerOf(busy), Duration.ofDays(1)));
            return null;
        });
        Await.until("somebody waits", () -> wait.thread().getState() == Thread.State.TIMED_WAITING);

        PoolFixture.signal("KILL", busy.worker().pid());
        Await.until("its end is known", () -> !busy.channel().isUsable());
        busy.close();

        assertThat(wait.failure()).isInstanceOf(WorkersExhaustedException.class).hasMessageContaining("does not live");
    }

    @Test
    void aTransactionThatIsBoundMustRefuseToRequireAnotherWorker() {
        Seat other = pool.seat();
        Seat seat = taken(Placement.anywhere());
        pid(seat);

        PythonException failure =
                PoolFixture.failure(() -> seat.require(new Placement.Required(workerOf(other), LONG)));

        assertThat(failure).isInstanceOf(ConnectionStateException.class).hasMessageContaining("first call");
    }

    @Test
    void anInterruptMustEndTheWaitForARequiredWorker() throws Exception {
        Seat busy = taken(Placement.anywhere());
        Seat other = taken(Placement.anywhere());
        var wait = Background.of(() -> {
            other.require(new Placement.Required(workerOf(busy), Duration.ofDays(1)));
            return null;
        });
        Await.until("somebody waits", () -> wait.thread().getState() == Thread.State.TIMED_WAITING);

        wait.thread().interrupt();

        assertThat(wait.failure()).hasMessageContaining("interrupted");
    }

    // ---- spreading

    @Test
    void spreadMustUseEachWorkerInTurnThoughTheContainerOffersTheLastOne() {
        Rounds rounds = new Rounds(pool, 3);
        Map<String, Integer> uses = new HashMap<>();

        for (int i = 0; i < 9; i++) {
            rounds.use(Placement.spread(), seat -> uses.merge(workerOf(seat), 1, Integer::sum));
        }

        assertThat(uses).hasSize(3).values().isNotEmpty();
        assertThat(uses.values()).containsOnly(3);
    }

    @Test
    void withoutAPlacementOneWorkerMustGetEverything() {
        Rounds rounds = new Rounds(pool, 3);
        Map<String, Integer> uses = new HashMap<>();

        for (int i = 0; i < 9; i++) {
            rounds.use(Placement.anywhere(), seat -> uses.merge(workerOf(seat), 1, Integer::sum));
        }

        assertThat(uses).as("this is why spread exists").hasSize(1);
    }

    @Test
    void spreadMustLevelASkewedLoad() {
        Rounds rounds = new Rounds(pool, 3);
        Map<String, Integer> sessions = new HashMap<>();
        sessions.put(rounds.workers().get(2), 10);

        for (int i = 0; i < 20; i++) {
            rounds.use(
                    Placement.spread(worker -> sessions.getOrDefault(worker, 0)),
                    seat -> sessions.merge(workerOf(seat), 1, Integer::sum));
        }

        assertThat(sessions.values()).containsExactlyInAnyOrder(10, 10, 10);
    }

    // ---- many at once

    @Test
    void noChannelMustServeTwoThreadsHoweverManyAreExchanged() throws Exception {
        int threads = 8;
        int requests = 500;
        Rounds rounds = new Rounds(pool, 4);
        Set<String> workers = Set.copyOf(rounds.workers());
        List<String> wishes = List.copyOf(workers);
        Map<WorkerChannel, Thread> users = new ConcurrentHashMap<>();
        AtomicInteger moved = new AtomicInteger();
        List<Background<Object>> load = IntStream.range(0, threads)
                .mapToObj(thread -> Background.of(() -> {
                    for (int i = 0; i < requests; i++) {
                        String wish = wishes.get((thread * 7 + i * 5 + i / 3) % wishes.size());
                        rounds.use(placement(i, wish), seat -> {
                            WorkerChannel channel = seat.bind();
                            assertThat(users.putIfAbsent(channel, Thread.currentThread()))
                                    .as("another user of %s", channel.worker())
                                    .isNull();
                            assertThat(pid(seat))
                                    .hasToString(Long.toString(channel.worker().pid()));
                            assertThat(seat.channel()).isSameAs(channel);
                            if (channel.isOf(wish)) {
                                moved.incrementAndGet();
                            }
                            users.remove(channel);
                        });
                        if (i % 50 == thread) {
                            rounds.validate();
                        }
                    }
                    return null;
                }))
                .toList();

        for (Background<Object> each : load) {
            each.value();
        }

        assertThat(moved.get()).isGreaterThan(threads * requests / wishes.size());
        assertThat(rounds.workers()).containsExactlyInAnyOrderElementsOf(workers);
        assertThat(pool.idleChannels()).isEqualTo(4);
        assertThat(pool.counters().startedCount()).isEqualTo(4);
    }

    private static Placement placement(int request, String wish) {
        return request % 5 == 0 ? Placement.spread() : Placement.prefer(wish);
    }
}
