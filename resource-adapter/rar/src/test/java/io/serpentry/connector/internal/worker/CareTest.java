// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.connector.WorkersExhaustedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers that are replaced while the container keeps its connections. */
@Tag("core")
class CareTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    private final PoolFixture.Settings settings = new PoolFixture.Settings();
    private WorkerPool pool;

    private Seat seat() throws IOException {
        if (pool == null) {
            pool = fixture.pool(settings);
        }
        return pool.seat();
    }

    private Seat taken() throws IOException {
        Seat seat = seat();
        assertThat(seat.take(Placement.anywhere(), PoolFixture.LONG)).isTrue();
        return seat;
    }

    private void use(Seat seat) {
        assertThat(seat.take(Placement.anywhere(), PoolFixture.LONG)).isTrue();
        call(seat);
        assertThat(seat.give()).isTrue();
    }

    private void call(Seat seat) {
        assertThat(fixture.call(seat.bind(), "probe.pid"))
                .hasToString(Long.toString(seat.worker().pid()));
    }

    private static String workerOf(Seat seat) {
        return seat.worker().id();
    }

    private static void awaitOther(Seat seat, String than) {
        Await.until(
                "another than " + than + " has its seat", () -> !workerOf(seat).equals(than));
    }

    private WorkerStatus status(String worker) {
        return pool.workers().stream()
                .filter(status -> status.id().equals(worker))
                .findFirst()
                .orElseThrow();
    }

    private void awaitSpare() {
        Await.until("another worker is ready", () -> !pool.seating().lacksSpares());
    }

    // ---- cordon

    @Test
    void anotherWorkerMustTakeThePlaceOfACordonedOneThatIsIdle() throws IOException {
        Seat seat = seat();
        long pid = seat.worker().pid();
        String cordoned = workerOf(seat);

        pool.caretaker().cordon(cordoned);

        awaitOther(seat, cordoned);
        use(seat);
        assertThat(PoolFixture.isAlive(pid)).as("it may come back").isTrue();
        assertThat(status(cordoned).cordoned()).isTrue();
        assertThat(pool.channels()).isEqualTo(1);
    }

    @Test
    void aCordonedWorkerInUseMustFinishAndThenGetNoRequest() throws IOException {
        Seat seat = taken();
        String cordoned = workerOf(seat);

        pool.caretaker().cordon(cordoned);
        awaitSpare();
        call(seat);
        assertThat(workerOf(seat)).isEqualTo(cordoned);
        seat.give();

        assertThat(workerOf(seat)).isNotEqualTo(cordoned);
        use(seat);
    }

    @Test
    void aRequestThatIsOfferedACordonedWorkerMustGetAnother() throws IOException {
        Seat seat = seat();
        String cordoned = workerOf(seat);

        pool.caretaker().cordon(cordoned);

        assertThat(seat.take(Placement.prefer(cordoned), PoolFixture.LONG)).isTrue();
        assertThat(workerOf(seat)).isNotEqualTo(cordoned);
    }

    @Test
    void aCordonedWorkerMustNotBeWaitedFor() throws IOException {
        Seat seat = seat();
        Seat other = taken();
        String cordoned = workerOf(seat);
        pool.caretaker().cordon(cordoned);

        PythonException failure =
                PoolFixture.failure(() -> other.require(new Placement.Required(cordoned, Duration.ofDays(1))));

        assertThat(failure).isInstanceOf(WorkersExhaustedException.class).hasMessageContaining("cordoned");
    }

    @Test
    void moreThanTheSpareWorkersMustNotBeCordoned() throws IOException {
        Seat first = seat();
        Seat second = seat();
        pool.caretaker().cordon(workerOf(first));

        PythonException failure = PoolFixture.failure(() -> pool.caretaker().cordon(workerOf(second)));

        assertThat(failure.code()).isEqualTo(ErrorCode.ILLEGAL_STATE);
        assertThat(failure).hasMessageContaining("spareWorkers");
    }

    @Test
    void aWorkerWhoseCordonIsTakenBackMustServeAgainInPlaceOfItsReplacement() throws IOException {
        Seat seat = seat();
        String cordoned = workerOf(seat);
        pool.caretaker().cordon(cordoned);
        awaitOther(seat, cordoned);
        long replacement = seat.worker().pid();

        pool.caretaker().uncordon(cordoned);

        Await.until("it is back", () -> workerOf(seat).equals(cordoned));
        use(seat);
        PoolFixture.awaitGone(replacement);
        assertThat(status(cordoned).cordoned()).isFalse();
    }

    @Test
    void careForAWorkerThatDoesNotLiveMustBeRefused() throws IOException {
        seat();

        PythonException failure = PoolFixture.failure(() -> pool.caretaker().recycle("test-99"));

        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    // ---- recycle and drain

    @Test
    void aRecycledWorkerMustServeUntilItsReplacementIsReady() throws IOException {
        Seat seat = taken();
        String old = workerOf(seat);
        long pid = seat.worker().pid();

        pool.caretaker().recycle(old);
        awaitSpare();
        call(seat);
        assertThat(workerOf(seat)).as("never inside a transaction").isEqualTo(old);
        seat.give();

        assertThat(workerOf(seat)).isNotEqualTo(old);
        use(seat);
        PoolFixture.awaitGone(pid);
    }

    @Test
    void aDrainMustWaitForTheWorkUnderWay() throws Exception {
        Seat seat = taken();
        String drained = workerOf(seat);
        seat.bind();

        assertThat(pool.caretaker().drain(drained, Duration.ofMillis(50))).isFalse();
        call(seat);
        Background<Boolean> drain = Background.of(() -> pool.caretaker().drain(drained, Duration.ofDays(1)));
        Await.until("the drain waits", () -> drain.thread().getState() == Thread.State.TIMED_WAITING);
        seat.give();

        assertThat(drain.value()).isTrue();
        assertThat(workerOf(seat)).isNotEqualTo(drained);
        use(seat);
    }

    @Test
    void aDrainMustNotBeTakenBack() throws IOException {
        Seat seat = taken();
        pool.caretaker().drain(workerOf(seat), Duration.ZERO);

        PythonException failure = PoolFixture.failure(() -> pool.caretaker().uncordon(workerOf(seat)));

        assertThat(failure.code()).isEqualTo(ErrorCode.ILLEGAL_STATE);
    }

    @Test
    void aCordonedWorkerThatIsRecycledMustEnd() throws IOException {
        Seat seat = seat();
        String cordoned = workerOf(seat);
        long pid = seat.worker().pid();
        pool.caretaker().cordon(cordoned);
        awaitOther(seat, cordoned);

        pool.caretaker().recycle(cordoned);

        PoolFixture.awaitGone(pid);
        use(seat);
    }

    @Test
    void aReplacementThatNobodyNeedsAnyMoreMustBeEnded() throws IOException {
        Seat seat = taken();
        pool.caretaker().cordon(workerOf(seat));
        awaitSpare();

        pool.caretaker().uncordon(workerOf(seat));

        Await.until("one worker is left", () -> pool.workers().size() == 1);
        call(seat);
    }

    @Test
    void allChannelsOfAWorkerWithThreadsMustMove() throws IOException {
        settings.threads = 2;
        Seat first = seat();
        Seat second = seat();
        String old = workerOf(first);
        long pid = first.worker().pid();

        pool.caretaker().recycle(old);

        awaitOther(first, old);
        awaitOther(second, old);
        PoolFixture.awaitGone(pid);
        assertThat(workerOf(first)).isEqualTo(workerOf(second));
    }

    // ---- wear

    @Test
    void aWorkerOverItsCallsMustBeReplacedWithTheOtherReadyFirst() throws IOException {
        settings.maxCalls = 10;
        Seat seat = seat();
        String old = workerOf(seat);
        Await.until("it is replaced after about ten calls", () -> {
            use(seat);
            return !workerOf(seat).equals(old);
        });

        assertThat(seat.check()).as("the container keeps its connection").isTrue();
        assertThat(pool.counters().callCount()).isGreaterThanOrEqualTo(9);
    }

    @Test
    void aWorkerOverItsMemoryMustBeReplacedAtTheNextValidation() throws IOException {
        settings.maxMemory = 1;
        Seat seat = seat();
        String old = workerOf(seat);

        assertThat(seat.check()).isTrue();

        awaitOther(seat, old);
    }

    @Test
    void aWorkerOverItsAgeMustBeReplacedWhenItIsGivenBack() throws IOException {
        settings.maxAge = Duration.ofMillis(1);
        Seat seat = seat();
        String old = workerOf(seat);

        use(seat);

        awaitOther(seat, old);
    }

    @Test
    void withoutSpareWorkersAWornOneMustBeLeftToTheContainer() throws IOException {
        settings.spareWorkers = 0;
        settings.maxMemory = 1;
        Seat seat = seat();

        assertThat(seat.check()).isFalse();
    }

    // ---- trouble

    @Test
    void theOldWorkerMustGoOnWhileNoOtherCanBeStarted() throws IOException {
        Path directory = fixture.temporaryDirectory();
        Path module = directory.resolve("frail.py");
        settings.modulePath = List.of(directory, settings.modulePath.get(0));
        settings.modules = List.of("probe", "frail");
        Files.writeString(module, "");
        Seat seat = seat();
        String old = workerOf(seat);
        Files.writeString(module, "raise ValueError('broken')");

        pool.caretaker().recycle(old);

        Await.until("the start has failed", () -> pool.lastStartFailure() != null);
        use(seat);
        assertThat(workerOf(seat)).isEqualTo(old);
        Files.writeString(module, "repaired = True");
        awaitOther(seat, old);
    }

    @Test
    void noCallMustFailWhileWorkersAreRecycledUnderLoad() throws Exception {
        int seats = 3;
        seat().close();
        Rounds rounds = new Rounds(pool, seats);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger most = new AtomicInteger();
        List<Background<Object>> load = IntStream.range(0, 4)
                .mapToObj(thread -> Background.of(() -> {
                    while (!over.get()) {
                        rounds.use(thread % 2 == 0 ? Placement.spread() : Placement.anywhere(), this::call);
                        most.accumulateAndGet(pool.live(), Math::max);
                    }
                    return null;
                }))
                .toList();

        for (int i = 0; i < 12; i++) {
            String old = rounds.workers().get(i % seats);
            pool.caretaker().recycle(old);
            Await.until(old + " has ended", () -> pool.workers().stream()
                    .noneMatch(worker -> worker.id().equals(old)));
        }
        over.set(true);

        for (Background<Object> each : load) {
            each.value();
        }
        assertThat(pool.counters().failureCount()).isZero();
        assertThat(pool.counters().lostCount()).isZero();
        assertThat(most.get()).isLessThanOrEqualTo(seats + settings.spareWorkers);
        assertThat(pool.channels()).isEqualTo(seats);
    }
}
