// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PoolListener;
import io.serpentry.connector.StartFailure;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerStartReason;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What listeners are told of workers, and what the pool counts of them. */
@Tag("core")
class PoolListenerTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    private final PoolFixture.Settings settings = new PoolFixture.Settings();
    private final Diary diary = new Diary();

    /** One line for each event, as "started test-1 DEMAND". */
    private static final class Diary implements PoolListener {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void workerStarted(String pool, WorkerIdentity worker, WorkerStartReason reason) {
            lines.add("started " + worker.id() + " " + reason);
        }

        @Override
        public void workerEnded(String pool, WorkerIdentity worker, WorkerEndCause cause, String how) {
            lines.add("ended " + worker.id() + " " + cause);
        }

        @Override
        public void startFailed(String pool, StartFailure failure) {
            lines.add("failed " + failure.attempts());
        }

        @Override
        public void workerCordoned(String pool, WorkerIdentity worker) {
            lines.add("cordoned " + worker.id());
        }

        @Override
        public void workerUncordoned(String pool, WorkerIdentity worker) {
            lines.add("uncordoned " + worker.id());
        }

        void await(String line) {
            Await.until("told: " + line, () -> lines.contains(line));
        }
    }

    @BeforeEach
    void listen() {
        fixture.listeners().add(diary);
    }

    @Test
    void aWorkerThatIsRetiredMustBeToldAndCounted() throws IOException {
        WorkerPool pool = fixture.pool();

        pool.open().close();

        diary.await("ended test-1 RETIRED");
        assertThat(diary.lines).containsExactly("started test-1 DEMAND", "ended test-1 RETIRED");
        assertThat(pool.counters().starts())
                .isEqualTo(Map.of(
                        WorkerStartReason.DEMAND, 1L, WorkerStartReason.RECOVERY, 0L, WorkerStartReason.CARE, 0L));
        assertThat(pool.counters().ends()).hasSize(WorkerEndCause.values().length);
        assertThat(pool.counters().ends().get(WorkerEndCause.RETIRED)).isEqualTo(1);
    }

    @Test
    void whatComesAfterALossMustBeARecoveryAndTheNextOneNot() throws IOException {
        WorkerPool pool = fixture.pool();
        WorkerChannel lost = pool.open();

        PoolFixture.signal("KILL", lost.worker().pid());
        diary.await("ended test-1 LOST");
        pool.open();
        pool.open();

        assertThat(diary.lines)
                .containsExactly(
                        "started test-1 DEMAND",
                        "ended test-1 LOST",
                        "started test-2 RECOVERY",
                        "started test-3 DEMAND");
    }

    @Test
    void aTimeoutMustBeTheCauseOfTheEndItBrings() throws IOException {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());

        assertThat(PoolFixture.failure(
                                () -> fixture.callWithin(Duration.ofMillis(200), channel, "probe.sleep", "seconds", 30))
                        .code())
                .isEqualTo(ErrorCode.CALL_TIMEOUT);

        diary.await("ended test-1 TIMEOUT");
    }

    @Test
    void theDeathOfTheForkServerMustBeTheCause() throws IOException {
        WorkerPool pool = fixture.pool();
        pool.open();

        PoolFixture.signal("KILL", pool.zygote().pid());

        diary.await("ended test-1 FORK_SERVER");
    }

    @Test
    void aPoolThatIsShutDownMustBeTheCause() throws IOException {
        WorkerPool pool = fixture.pool();
        pool.open();

        pool.close();

        diary.await("ended test-1 SHUTDOWN");
    }

    @Test
    void whoeverComesWhileAStartIsToldMustGetAnotherWorker() throws Exception {
        WorkerPool pool = fixture.pool();
        AtomicReference<Background<WorkerChannel>> other = new AtomicReference<>();
        PoolListener opening = new PoolListener() {
            @Override
            public void workerStarted(String name, WorkerIdentity worker, WorkerStartReason reason) {
                if (worker.id().equals("test-1")) {
                    other.set(Background.of(pool::open));
                    Await.until(
                            "the other has come and gone",
                            () -> !other.get().thread().isAlive());
                }
            }
        };
        fixture.listeners().add(opening);

        WorkerChannel first = pool.open();

        assertThat(first.worker().id()).isEqualTo("test-1");
        assertThat(other.get().value().worker().id()).isEqualTo("test-2");
        Reference.reachabilityFence(opening);
    }

    @Test
    void careMustBeTold() throws IOException {
        WorkerPool pool = fixture.pool();
        Seat seat = pool.seat();

        pool.caretaker().cordon("test-1");
        pool.caretaker().cordon("test-1");
        diary.await("started test-2 CARE");
        Await.until("it is replaced", () -> seat.worker().id().equals("test-2"));
        pool.caretaker().uncordon("test-1");
        pool.caretaker().uncordon("test-1");
        diary.await("ended test-2 REPLACED");

        assertThat(diary.lines)
                .containsExactly(
                        "started test-1 DEMAND",
                        "cordoned test-1",
                        "started test-2 CARE",
                        "uncordoned test-1",
                        "ended test-2 REPLACED");
    }

    @Test
    void aStartThatFailsMustBeToldAndNotCounted() throws IOException {
        settings.modules = List.of("no_such_module");
        WorkerPool pool = fixture.pool(settings);

        assertThat(PoolFixture.failure(pool::open).code()).isEqualTo(ErrorCode.WORKER_START_FAILED);

        assertThat(diary.lines).containsExactly("failed 1");
        assertThat(pool.counters().startedCount()).isZero();
    }

    @Test
    void aListenerThatFailsMustReachNobody() throws IOException {
        PoolListener failing = new PoolListener() {
            @Override
            public void workerStarted(String pool, WorkerIdentity worker, WorkerStartReason reason) {
                throw new IllegalStateException("of the listener");
            }
        };
        PoolListener undeployed = new PoolListener() {
            @Override
            public void workerStarted(String pool, WorkerIdentity worker, WorkerStartReason reason) {
                throw new NoClassDefFoundError("of the application");
            }
        };
        fixture.listeners().remove(diary);
        List.of(failing, undeployed, diary).forEach(fixture.listeners()::add);

        WorkerChannel channel = fixture.pool().open();

        assertThat(channel.isUsable()).isTrue();
        assertThat(diary.lines).containsExactly("started test-1 DEMAND");
    }

    @Test
    void aListenerThatIsRemovedMustHearNothing() throws IOException {
        fixture.listeners().remove(diary);

        fixture.pool().open();

        assertThat(diary.lines).isEmpty();
        assertThat(fixture.listeners().isEmpty()).isTrue();
    }

    @Test
    void aListenerMustNotBeKeptAlive() {
        WeakReference<PoolListener> forgotten = registered();

        Await.until("it is collected", () -> {
            System.gc();
            return forgotten.refersTo(null);
        });
    }

    private WeakReference<PoolListener> registered() {
        PoolListener listener = new Diary();
        fixture.listeners().add(listener);
        return new WeakReference<>(listener);
    }
}
