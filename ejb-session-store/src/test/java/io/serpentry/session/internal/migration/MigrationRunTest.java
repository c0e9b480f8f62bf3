// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static io.serpentry.placement.MigrationState.DONE;
import static io.serpentry.placement.MigrationState.PAUSED;
import static io.serpentry.placement.MigrationState.ROLLED_BACK;
import static io.serpentry.placement.MigrationState.ROLLING_BACK;
import static io.serpentry.placement.MigrationState.RUNNING;
import static io.serpentry.placement.MigrationState.VERIFYING;
import static io.serpentry.session.internal.migration.RunFixture.ID;
import static io.serpentry.session.internal.migration.RunFixture.POOL;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerHolder;
import io.serpentry.placement.Migration;
import io.serpentry.placement.Migration.Progress;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.MoveReceipt.State;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import io.serpentry.session.testkit.FakePool;
import io.serpentry.session.testkit.ManualClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationRunTest {

    private static final MigrationRequest FROM_A_TO_B = MigrationRequest.migrate(POOL, List.of(), "a", "b");
    private static final MigrationRequest EVACUATE_A = MigrationRequest.evacuate(POOL, "a");
    private static final WorkerHolder HOLDER = new WorkerHolder("tx-7", "claims.decide", ManualClock.START);

    private final RunFixture fixture = new RunFixture();
    private final FakePool pool = fixture.pools.pool(POOL, "a", "b").waiting(fixture.clock::pass);

    // ---- moving

    @Test
    void sessionsMustBeWarmWhereTheyGoAndTheirReceiptsSaySo() {
        fixture.sessions("a", 3);

        Migration done = fixture.done(FROM_A_TO_B);

        assertThat(done.state()).isEqualTo(DONE);
        assertThat(done.outcome()).isEqualTo("3 of 3 sessions moved");
        assertThat(fixture.placed()).isEqualTo(Map.of("b", 3));
        assertThat(pool.connections().cache("b")).hasSize(3);
        assertThat(fixture.ledger.moves(ID)).allSatisfy(receipt -> {
            assertThat(receipt.state()).isEqualTo(State.MOVED);
            assertThat(receipt.before()).isNotNull().isEqualTo(receipt.after());
            assertThat(receipt.at()).isEqualTo(ManualClock.START);
            assertThat(receipt.coldEntries()).isZero();
            assertThat(receipt.problem()).isNull();
        });
        assertThat(fixture.told.states).containsExactly(VERIFYING, DONE);
        assertThat(fixture.told.moves).containsExactly("s0 MOVED", "s1 MOVED", "s2 MOVED");
    }

    @Test
    void moreSessionsThanABatchMustAllBeMoved() {
        fixture.sessions("a", 250);

        assertThat(fixture.done(FROM_A_TO_B).progress()).isEqualTo(new Progress(250, 250, 0, 0));

        assertThat(fixture.placed()).isEqualTo(Map.of("b", 250));
    }

    @Test
    void aSessionThatHasEndedMustBeSkipped() {
        fixture.sessions("a", 2);
        fixture.ledger.after("open", 1, () -> {
            assertThat(fixture.store.delete(Caller.SYSTEM, "s0")).isTrue();
            fixture.placements.forget("s0");
        });

        Migration done = fixture.done(FROM_A_TO_B);

        assertThat(done.outcome()).isEqualTo("1 of 2 sessions moved, 1 had ended");
        assertThat(fixture.ledger.moves(ID).get(0).problem()).isEqualTo("the session has ended");
        assertThat(fixture.placed()).isEqualTo(Map.of("b", 1));
    }

    @Test
    void aSessionThatEndsWhileItIsMovedMustBeSkipped() {
        fixture.sessions("a", 2);
        AtomicInteger requests = new AtomicInteger();
        pool.connections().before(() -> {
            if (requests.incrementAndGet() == 1) {
                assertThat(fixture.store.delete(Caller.SYSTEM, "s0")).isTrue();
                fixture.placements.forget("s0");
            }
        });

        assertThat(fixture.done(FROM_A_TO_B).progress()).isEqualTo(new Progress(2, 1, 1, 0));

        assertThat(fixture.placed()).isEqualTo(Map.of("b", 1));
    }

    @Test
    void whatACallChangesMeanwhileMustBeWarmToo() {
        fixture.sessions("a", 1);
        AtomicInteger requests = new AtomicInteger();
        pool.connections().before(() -> {
            if (requests.incrementAndGet() == 1) {
                change("s0");
            }
        });

        assertThat(fixture.done(FROM_A_TO_B).state()).isEqualTo(DONE);

        MoveReceipt receipt = fixture.ledger.moves(ID).get(0);
        assertThat(receipt.after().revision()).isEqualTo(receipt.before().revision() + 1);
        assertThat(receipt.coldEntries()).isZero();
        assertThat(pool.connections().cache("b")).hasSize(2);
    }

    private void change(String session) {
        byte[] content = {1, 2, 3};
        assertThat(fixture.store.save(
                        Caller.SYSTEM, SessionDelta.of(session).put("more", "application/octet-stream", content, 0)))
                .isNotNull();
    }

    @Test
    void anEvacuationMustEndItsWorker() {
        fixture.sessions("a", 3);

        Migration done = fixture.done(EVACUATE_A);

        assertThat(done.outcome()).isEqualTo("3 of 3 sessions moved, worker a has ended");
        assertThat(pool.care()).containsExactly("cordon a", "drain a");
        assertThat(fixture.placed()).isEqualTo(Map.of("b", 3));
    }

    @Test
    void whatIsStillWarmInAWorkerThatIsEndedMustBeSoNowhere() {
        fixture.sessions("a", 1);
        fixture.ledger.after("record", 1, () -> fixture.placements.served(POOL, "late", "a"));

        assertThat(fixture.done(EVACUATE_A).state()).isEqualTo(DONE);

        assertThat(fixture.placed()).isEqualTo(Map.of("b", 1));
    }

    @Test
    void aWorkerThatEndsByItselfMustBeEvacuatedToo() {
        fixture.sessions("a", 1);
        fixture.ledger.after("record", 1, () -> pool.end("a"));

        assertThat(fixture.done(EVACUATE_A).outcome()).isEqualTo("1 of 1 sessions moved, worker a has ended");
    }

    @Test
    void anEvacuationMustWaitUntilNobodyHoldsTheWorker() {
        fixture.sessions("a", 1);
        pool.hold("a", HOLDER);
        AtomicInteger waits = new AtomicInteger();
        pool.waiting(limit -> {
            if (waits.incrementAndGet() == 3) {
                pool.hold("a");
            }
        });

        assertThat(fixture.done(EVACUATE_A).state()).isEqualTo(DONE);

        assertThat(waits).hasValue(3);
    }

    @Test
    void aDrainMustTakeSessionsFromAllWorkersAndLeaveThemAlive() {
        fixture.sessions("a", 2);
        pool.hold("b", HOLDER);
        AtomicInteger waits = new AtomicInteger();
        pool.waiting(limit -> {
            if (waits.incrementAndGet() == 2) {
                pool.hold("b");
            }
        });

        Migration done = fixture.done(MigrationRequest.drain());

        assertThat(done.outcome()).isEqualTo("2 of 2 sessions moved");
        assertThat(fixture.placed()).isEmpty();
        assertThat(pool.care()).isEmpty();
    }

    /** Nobody waits for each of many workers in turn: a server that stops is not held up by them. */
    @Test
    void aRoundOfADrainMustWaitForOneWorkerOnly() {
        for (int i = 0; i < 20; i++) {
            pool.start("w" + i);
            pool.hold("w" + i, HOLDER);
        }
        AtomicInteger rounds = new AtomicInteger();
        fixture.ledger.after((operation, count) -> {
            if (operation.equals("seen")) {
                rounds.set(count);
            }
        });
        AtomicInteger waits = new AtomicInteger();
        pool.waiting(limit -> {
            if (!limit.isZero() && waits.incrementAndGet() == 5) {
                fixture.waits.stop();
            }
        });

        assertThat(fixture.done(MigrationRequest.drain()).state()).isEqualTo(ROLLED_BACK);

        assertThat(rounds).hasValue(5);
    }

    // ---- failures

    @Test
    void aTargetThatIsLostMustTakeEverythingBack() {
        fixture.sessions("a", 150);
        fixture.ledger.after("record", 1, () -> pool.end("b"));

        Migration done = fixture.done(FROM_A_TO_B);

        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(done.outcome()).isEqualTo("worker b, to which the sessions were to go, does not serve any more");
        assertThat(done.progress()).isEqualTo(new Progress(150, 0, 50, 100));
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 150));
    }

    @Test
    void sessionsOfALostTargetMustBeSharedOutAmongTheOthers() {
        pool.start("c").start("d");
        fixture.sessions("a", 9);
        fixture.ledger.after("open", 1, () -> pool.end("b"));

        assertThat(fixture.done(EVACUATE_A).state()).isEqualTo(DONE);

        assertThat(fixture.placed().keySet()).containsExactly("c", "d");
        assertThat(fixture.placed().values()).allMatch(count -> count == 4 || count == 5);
        assertThat(fixture.ledger.moves(ID)).extracting(MoveReceipt::to).containsOnly("c", "d");
    }

    @Test
    void aWorkerThatIsLostInACallMustBeTriedAgain() {
        fixture.sessions("a", 1);
        failing(number -> number <= 3, ErrorCode.WORKER_LOST, false);

        assertThat(fixture.done(FROM_A_TO_B).state()).isEqualTo(DONE);
    }

    private void failing(IntPredicate when, ErrorCode code, boolean retryable) {
        AtomicInteger requests = new AtomicInteger();
        pool.connections().before(() -> {
            if (when.test(requests.incrementAndGet())) {
                throw PythonException.of(ErrorDetail.of(code, "planted " + code).retryable(retryable));
            }
        });
    }

    @Test
    void aFailureThatStaysMustTakeEverythingBack() {
        fixture.sessions("a", 1);
        failing(number -> true, ErrorCode.PYTHON_RAISED, false);

        Migration done = fixture.done(FROM_A_TO_B);

        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(done.outcome()).isEqualTo("PYTHON_RAISED: planted PYTHON_RAISED");
        assertThat(fixture.receipts()).containsExactly(State.SKIPPED);
    }

    @Test
    void anythingUnexpectedMustTakeEverythingBack() {
        fixture.sessions("a", 1);
        pool.connections().before(() -> {
            throw new IllegalArgumentException("planted");
        });

        Migration done = fixture.done(FROM_A_TO_B);

        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(done.outcome()).isEqualTo("it has failed: java.lang.IllegalArgumentException: planted");
    }

    /** The first worker's sessions are moved when the second one's fail. */
    @Test
    void whatWasMovedBeforeAFailureMustBeTakenBackToo() {
        pool.start("c");
        fixture.sessions("a", 4);
        failing(number -> number > 1, ErrorCode.WORKERS_EXHAUSTED, true);
        fixture.waits.in(number -> {
            if (number == 1) {
                fixture.cancel(RUNNING);
            }
        });

        assertThat(fixture.done(EVACUATE_A).state()).isEqualTo(ROLLED_BACK);

        assertThat(fixture.placed()).isEqualTo(Map.of("a", 4));
        assertThat(fixture.ledger.moves(ID)).extracting(MoveReceipt::state).containsOnly(State.SKIPPED, State.RETURNED);
    }

    /** Sessions are moved, that can not be written down, and another server cancels. */
    @Test
    void whatCouldNotBeRecordedMustBeTakenBackToo() {
        fixture.sessions("a", 3);
        fixture.ledger.before((operation, count) -> {
            if (operation.equals("record") && count == 1) {
                fixture.cancel(RUNNING);
                throw FakeLedger.unavailable();
            }
        });

        assertThat(fixture.done(FROM_A_TO_B).state()).isEqualTo(ROLLED_BACK);

        assertThat(fixture.placed()).isEqualTo(Map.of("a", 3));
        assertThat(fixture.receipts()).containsExactly(State.RETURNED);
    }

    /** As another server does that has heard nothing of this one for too long. */
    @Test
    void whatIsMovedWhileAnotherServerEndsTheMigrationMustBeTakenBack() {
        fixture.sessions("a", 3);
        fixture.ledger.before((operation, count) -> {
            if (operation.equals("record")) {
                endedElsewhere(RUNNING);
            }
        });

        Migration done = fixture.done(EVACUATE_A);

        assertThat(done.outcome()).isEqualTo("silent");
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 3));
        assertThat(pool.care()).containsExactly("cordon a", "uncordon a");
        assertThat(fixture.told.moves).isEmpty();
    }

    private void endedElsewhere(MigrationState from) {
        fixture.ledger.order(ID, from, ROLLING_BACK, "silent");
        fixture.ledger.order(ID, ROLLING_BACK, ROLLED_BACK, "silent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"find", "receipts", "record", "change", "seen"})
    void aStoreThatCanNotBeReachedForAWhileMustOnlyDelayIt(String broken) {
        fixture.sessions("a", 150);
        fixture.ledger.before((operation, count) -> {
            if (operation.equals(broken) && count > 1 && count < 20) {
                throw FakeLedger.unavailable();
            }
        });

        Migration done = fixture.done(EVACUATE_A);

        assertThat(done.state()).isEqualTo(DONE);
        assertThat(done.progress()).isEqualTo(new Progress(150, 150, 0, 0));
        assertThat(fixture.placed()).isEqualTo(Map.of("b", 150));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theWayBackMustEndThoughItFails(boolean known) {
        fixture.sessions("a", 3);
        fixture.ledger.after("record", 1, () -> fixture.cancel(RUNNING));
        pool.beforeUncordon(() -> {
            throw known
                    ? PythonException.of(ErrorDetail.of(ErrorCode.INTERNAL, "planted"))
                    : new IllegalArgumentException("planted");
        });

        Migration done = fixture.done(EVACUATE_A);

        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(done.outcome())
                .startsWith("cancelled by ada; the way back has failed: ")
                .endsWith("planted");
        assertThat(fixture.receipts()).containsExactly(State.RETURNED);
        assertThat(fixture.ledger.moves(ID))
                .extracting(MoveReceipt::problem)
                .containsOnly("it stays where it was placed");
        assertThat(fixture.placed()).isEqualTo(Map.of("b", 3));
    }

    @Test
    void theWayBackMustEndThoughThePoolIsGone() {
        fixture.sessions("a", 3);
        fixture.ledger.after("record", 1, () -> {
            fixture.pools.remove(pool);
            fixture.cancel(RUNNING);
        });

        assertThat(fixture.done(EVACUATE_A).outcome()).isEqualTo("cancelled by ada");

        assertThat(fixture.receipts()).containsExactly(State.RETURNED);
    }

    @Test
    void aStopMustNotWaitForTheEndOfAnEvacuatedWorker() {
        fixture.sessions("a", 1);
        AtomicInteger waits = new AtomicInteger();
        pool.waiting(limit -> {
            if (waits.incrementAndGet() == 2) {
                fixture.waits.stop();
            }
        });
        fixture.ledger.after((operation, count) -> {
            if (fixture.ledger.states().contains(VERIFYING)) {
                pool.hold("a", HOLDER);
            }
        });

        assertThat(fixture.done(EVACUATE_A).outcome()).isEqualTo("1 of 1 sessions moved, worker a is about to end");

        assertThat(waits).hasValue(2);
    }

    @Test
    void aDigestThatIsNotWhatItWasMustTakeEverythingBack() {
        fixture.sessions("a", 3);
        fixture.store = lyingFrom(5);

        Migration done = fixture.done(FROM_A_TO_B);

        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(done.outcome()).startsWith("session s1 has the digest ");
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 3));
    }

    @Test
    void aDigestThatIsNotWhatItWasAtTheEndMustTakeEverythingBack() {
        fixture.sessions("a", 3);
        fixture.store = lyingFrom(9);

        Migration done = fixture.done(FROM_A_TO_B);

        assertThat(fixture.ledger.states()).containsExactly(RUNNING, VERIFYING, ROLLING_BACK, ROLLED_BACK);
        assertThat(done.outcome()).startsWith("session s2 has the digest ");
        assertThat(fixture.receipts()).containsExactly(State.RETURNED);
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 3));
    }

    /** From the n-th look at a session on, it has other contents in the same revision. */
    private SessionStore lyingFrom(int look) {
        SessionStore store = fixture.store;
        AtomicInteger looks = new AtomicInteger();
        return (SessionStore) Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(),
                new Class<?>[] {SessionStore.class},
                (proxy, method, arguments) -> {
                    try {
                        Object answer = method.invoke(store, arguments);
                        boolean lie = method.getName().equals("find") && looks.incrementAndGet() >= look;
                        return lie ? ((Optional<?>) answer).map(view -> changed((SessionView) view)) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static SessionView changed(SessionView view) {
        List<EntryInfo> entries = view.entries().stream()
                .map(entry -> new EntryInfo(
                        entry.name(),
                        entry.version(),
                        entry.mediaType(),
                        entry.size(),
                        "f".repeat(64),
                        entry.counter(),
                        entry.writtenAt(),
                        entry.writtenBy(),
                        entry.quarantinedAt()))
                .toList();
        return new SessionView(view.info(), entries, view.readAt());
    }

    // ---- deadlines

    @Test
    void aDeadlineMustNameHowManyWereNotMovedAndWhy() {
        fixture.sessions("a", 3);
        failing(number -> true, ErrorCode.WORKERS_EXHAUSTED, true);

        Migration done = fixture.done(FROM_A_TO_B.within(Duration.ofSeconds(10)));

        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(done.outcome())
                .isEqualTo("its deadline of PT10S is over; 3 sessions were not moved; the last failure was"
                        + " WORKERS_EXHAUSTED: planted WORKERS_EXHAUSTED");
    }

    @Test
    void aDeadlineMustNameWhoHoldsTheWorker() {
        fixture.sessions("a", 1);
        pool.hold("a", HOLDER);

        Migration done = fixture.done(EVACUATE_A.within(Duration.ofSeconds(10)));

        assertThat(done.outcome())
                .isEqualTo("its deadline of PT10S is over; worker a is held by transaction tx-7 since"
                        + " 2030-01-01T00:00:00Z (in a call of claims.decide)");
        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(pool.care()).containsExactly("cordon a", "uncordon a");
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 1));
    }

    @Test
    void aPauseMustNotCountForTheDeadline() {
        fixture.sessions("a", 150);
        fixture.ledger.before((operation, count) -> fixture.clock.pass(Duration.ofMillis(100)));
        fixture.ledger.after("record", 1, () -> pause());
        fixture.waits.in(number -> {
            if (number == 1000) {
                resume();
            }
        });

        Migration done = fixture.done(FROM_A_TO_B.within(Duration.ofSeconds(10)));

        assertThat(done.state()).isEqualTo(DONE);
    }

    private void pause() {
        assertThat(fixture.ledger.order(ID, RUNNING, PAUSED, "paused by ada")).isTrue();
    }

    private void resume() {
        assertThat(fixture.ledger.order(ID, PAUSED, RUNNING, "resumed by ada")).isTrue();
    }

    @Test
    void anOutageOfTheStoreInAPauseMustNotCountForTheDeadline() {
        fixture.sessions("a", 150);
        fixture.ledger.after("record", 1, () -> pause());
        fixture.ledger.before((operation, count) -> {
            if (operation.equals("find") && count > 2 && count < 50) {
                throw FakeLedger.unavailable();
            }
        });
        fixture.waits.in(number -> {
            if (number == 60) {
                resume();
            }
        });

        assertThat(fixture.done(FROM_A_TO_B.within(Duration.ofSeconds(10))).state())
                .isEqualTo(DONE);
    }

    /** All sessions are moved at once, and the looks at the end take too long. */
    @Test
    void aDeadlineMustHoldForTheVerificationToo() {
        fixture.sessions("a", 150);
        fixture.ledger.after((operation, count) -> {
            if (fixture.ledger.states().contains(VERIFYING)) {
                fixture.clock.pass(Duration.ofSeconds(6));
            }
        });

        Migration done = fixture.done(FROM_A_TO_B.within(Duration.ofSeconds(10)));

        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(done.outcome()).isEqualTo("its deadline of PT10S is over, and not all sessions are verified");
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 150));
    }

    // ---- what no step has foreseen

    @ParameterizedTest
    @ValueSource(strings = {"find", "receipts", "record", "change", "seen"})
    void aFaultOfTheLedgerItselfMustNotLeaveItUnderWay(String broken) {
        fixture.sessions("a", 3);
        fixture.ledger.before((operation, count) -> {
            if (operation.equals(broken) && count == 2) {
                throw new IllegalArgumentException("planted");
            }
        });

        Migration done = fixture.done(EVACUATE_A);

        assertThat(done.state().isTerminal()).isTrue();
        assertThat(fixture.receipts()).doesNotContain(State.PENDING);
    }

    @Test
    void aFaultThatStaysMustEndItWhereItIs() {
        fixture.sessions("a", 3);
        fixture.ledger.before((operation, count) -> {
            if (operation.equals("record")) {
                throw new IllegalArgumentException("planted");
            }
        });

        Migration done = fixture.done(FROM_A_TO_B);

        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(done.outcome()).startsWith("it has failed: java.lang.IllegalArgumentException: planted");
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 3));
    }

    @Test
    void aFaultThatCanNotEvenBeWrittenDownMustEndTheThread() {
        fixture.sessions("a", 3);
        fixture.ledger.before((operation, count) -> {
            if (!operation.equals("open")) {
                throw new IllegalArgumentException("planted");
            }
        });

        assertThat(fixture.done(FROM_A_TO_B).state()).isEqualTo(RUNNING);
    }

    // ---- orders

    @Test
    void aPauseMustFinishTheBatchAndBeginNoOther() {
        fixture.sessions("a", 250);
        fixture.ledger.after("record", 1, () -> pause());
        fixture.waits.in(number -> {
            assertThat(fixture.placed()).isEqualTo(Map.of("a", 150, "b", 100));
            if (number == 3) {
                resume();
            }
        });

        assertThat(fixture.done(FROM_A_TO_B).state()).isEqualTo(DONE);

        assertThat(fixture.placed()).isEqualTo(Map.of("b", 250));
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNNING", "PAUSED", "VERIFYING"})
    void aCancellationMustPlaceEverythingAsBefore(MigrationState state) {
        fixture.sessions("a", 150);
        arrive(state, () -> fixture.cancel(state));

        Migration done = fixture.done(EVACUATE_A);

        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(done.outcome()).isEqualTo("cancelled by ada");
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 150));
        assertThat(pool.status("a").cordoned()).isFalse();
        assertThat(fixture.receipts()).doesNotContain(State.PENDING, State.MOVED);
    }

    /** Does something as soon as the migration is in that state and its first batch is moved. */
    private void arrive(MigrationState state, Runnable action) {
        AtomicInteger times = new AtomicInteger();
        fixture.ledger.after((operation, count) -> {
            if (operation.equals("record") && count == 1) {
                if (state == PAUSED) {
                    pause();
                } else if (state == ROLLING_BACK) {
                    fixture.cancel(RUNNING);
                }
            }
            boolean moved = count > 0 && fixture.ledger.migration(ID).progress().moved() > 0;
            if (moved && fixture.ledger.migration(ID).state() == state && times.getAndIncrement() == 0) {
                action.run();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNNING", "PAUSED", "VERIFYING", "ROLLING_BACK"})
    void aStopOfTheServerMustPlaceEverythingAsBefore(MigrationState state) {
        fixture.sessions("a", 150);
        arrive(state, fixture.waits::stop);

        Migration done = fixture.done(EVACUATE_A);

        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(done.outcome()).isEqualTo(state == ROLLING_BACK ? "cancelled by ada" : "the server stops");
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 150));
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNNING", "PAUSED", "VERIFYING", "ROLLING_BACK"})
    void aStopWithoutTheStoreMustLeaveItToTheNextStart(MigrationState state) {
        fixture.sessions("a", 150);
        arrive(state, () -> {
            fixture.waits.stop();
            fixture.ledger.before((operation, count) -> {
                throw FakeLedger.unavailable();
            });
        });

        assertThat(fixture.done(EVACUATE_A).state()).isEqualTo(state);

        assertThat(pool.status("a").cordoned()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNNING", "PAUSED"})
    void anInterruptMustEndItAsAStopDoes(MigrationState state) {
        fixture.sessions("a", 150);
        arrive(state, () -> Thread.currentThread().interrupt());

        Migration done = fixture.done(EVACUATE_A);

        assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
        assertThat(done.state()).isEqualTo(ROLLED_BACK);
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 150));
    }

    // ---- cordons

    @Test
    void anOperatorsCordonMustOutliveACancellation() {
        fixture.sessions("a", 1);
        pool.cordon("a");
        fixture.ledger.after("record", 1, () -> fixture.cancel(RUNNING));

        assertThat(fixture.done(EVACUATE_A).state()).isEqualTo(ROLLED_BACK);

        assertThat(pool.status("a").cordoned()).isTrue();
    }

    @Test
    void aMigrationThatIsForgottenMustLeaveNoCordon() {
        fixture.sessions("a", 1);
        pool.hold("a", HOLDER);
        pool.waiting(limit -> fixture.ledger.remove(ID));
        fixture.opened(EVACUATE_A, RUNNING);

        fixture.run().run();

        assertThat(pool.care()).containsExactly("cordon a", "uncordon a");
    }

    // ---- the way back

    @Test
    void whatIsDoneMustBeTakenBackByAnotherRun() {
        fixture.sessions("a", 150);
        assertThat(fixture.done(FROM_A_TO_B).state()).isEqualTo(DONE);
        assertThat(fixture.ledger.order(ID, DONE, ROLLING_BACK, "taken back by ada"))
                .isTrue();

        fixture.run().run();

        assertThat(fixture.ledger.migration(ID).progress()).isEqualTo(new Progress(150, 0, 0, 150));
        assertThat(fixture.ledger.migration(ID).outcome()).isEqualTo("taken back by ada");
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 150));
    }

    @Test
    void whatCanNotBePlacedAsBeforeMustSayWhy() {
        pool.start("c");
        fixture.sessions("a", 3);
        assertThat(fixture.done(FROM_A_TO_B).state()).isEqualTo(DONE);
        fixture.placements.served(POOL, "s0", "c");
        fixture.placements.forget("s1");
        assertThat(fixture.ledger.order(ID, DONE, ROLLING_BACK, "taken back by ada"))
                .isTrue();

        fixture.run().run();

        assertThat(fixture.ledger.moves(ID))
                .extracting(MoveReceipt::problem)
                .containsExactly(
                        "a call has taken it to another worker meanwhile, where it stays",
                        "it is warm nowhere any more",
                        null);
        assertThat(fixture.placed()).isEqualTo(Map.of("a", 1, "c", 1));
    }

    @Test
    void sessionsOfAWorkerThatHasEndedMustStayWhereTheyAre() {
        fixture.sessions("a", 2);
        assertThat(fixture.done(EVACUATE_A).state()).isEqualTo(DONE);
        assertThat(fixture.ledger.order(ID, DONE, ROLLING_BACK, "taken back by ada"))
                .isTrue();

        fixture.run().run();

        assertThat(fixture.ledger.moves(ID))
                .extracting(MoveReceipt::problem)
                .containsOnly("worker a has ended; any other serves the session");
        assertThat(fixture.placed()).isEqualTo(Map.of("b", 2));
    }
}
