// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static io.serpentry.placement.MigrationState.DONE;
import static io.serpentry.placement.MigrationState.PAUSED;
import static io.serpentry.placement.MigrationState.PLANNED;
import static io.serpentry.placement.MigrationState.ROLLED_BACK;
import static io.serpentry.placement.MigrationState.ROLLING_BACK;
import static io.serpentry.placement.MigrationState.RUNNING;
import static io.serpentry.placement.MigrationState.VERIFYING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.audit.AuditNote;
import io.serpentry.audit.AuditPage;
import io.serpentry.audit.AuditQuery;
import io.serpentry.audit.AuditTrail;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerHolder;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.internal.config.FakeConfig;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.FakePool;
import io.serpentry.session.testkit.FakePools;
import io.serpentry.session.testkit.ManualClock;
import jakarta.ejb.Timer;
import jakarta.ejb.TimerService;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.inject.Instance;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The container's part is played by the test: runs wait in a queue until it lets them go. */
class CentralMigrationsTest {

    private static final Caller ADA = Caller.operator("ada");

    private final ManualClock clock = new ManualClock();
    private final FakeLedger ledger = new FakeLedger(clock);
    private final FakePools pools = new FakePools();
    private final String name = "pool-" + UUID.randomUUID();
    private final FakePool pool = pools.pool(name, name + "-a", name + "-b");
    private final Deque<Runnable> queue = new ArrayDeque<>();
    private final List<MigrationState> told = new ArrayList<>();
    private final CentralMigrations migrations = new CentralMigrations();
    private final List<AuditNote> notes = new ArrayList<>();
    private boolean full;

    @BeforeEach
    void start() {
        migrations.ledger = ledger;
        migrations.store = new InMemorySessionStore(SessionSettings.defaults(), clock);
        migrations.audit = new AuditTrail() {
            @Override
            public void note(AuditNote note) {
                notes.add(note);
            }

            @Override
            public AuditPage page(AuditQuery query) {
                throw new UnsupportedOperationException();
            }
        };
        migrations.announcements = new Announcements() {
            @Override
            void takenBack(String migration, boolean is) {}

            @Override
            void changed(Migration migration) {
                told.add(migration.state());
            }

            @Override
            void moved(Migration migration, List<MoveReceipt> receipts) {}
        };
        migrations.config = new FakeConfig(Map.of());
        migrations.pools = pools();
        migrations.timers = fake(TimerService.class, (proxy, method, arguments) -> null);
        migrations.threads = fake(ManagedExecutorService.class, (proxy, method, arguments) -> {
            if (full) {
                throw new RejectedExecutionException("planted");
            }
            queue.add((Runnable) arguments[0]);
            return null;
        });
        migrations.start();
        for (int i = 0; i < 3; i++) {
            String id = migrations
                    .store
                    .create(ADA, NewSession.durable().entry("e", "text/plain", new byte[] {(byte) i}))
                    .id();
            ApplicationSessions.placements().served(name, id, name + "-a");
        }
    }

    @AfterEach
    void forget() {
        ApplicationSessions.placements().draining(false);
        ApplicationSessions.placements()
                .sessions(name)
                .values()
                .forEach(sessions -> sessions.forEach(ApplicationSessions.placements()::forget));
    }

    @SuppressWarnings("unchecked")
    private Instance<PythonPools> pools() {
        return fake(Instance.class, (proxy, method, arguments) -> pools);
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private void tend() {
        migrations.wake(fake(Timer.class, (proxy, method, arguments) -> "serpentry migrations"));
    }

    private void runAll() {
        while (!queue.isEmpty()) {
            queue.remove().run();
        }
    }

    private MigrationRequest toB() {
        return MigrationRequest.migrate(name, List.of(), name + "-a", name + "-b");
    }

    private static void refused(ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(PythonException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.ILLEGAL_STATE));
    }

    // ---- beginning

    @Test
    void aStartMustBeWrittenDownAsRunningAndDoneInTheBackground() {
        Migration begun = migrations.start(ADA, toB(), null);

        assertThat(begun.state()).isEqualTo(RUNNING);
        assertThat(begun.startedAt()).isNotNull();
        assertThat(ledger.states()).as("never only planned").containsExactly(RUNNING);
        runAll();
        assertThat(migrations.find(begun.id()).map(Migration::state)).contains(DONE);
        assertThat(told).containsExactly(RUNNING, VERIFYING, DONE);
    }

    @Test
    void anotherPlanThanTheOneThatWasSeenMustNotBegin() {
        String plan = migrations.plan(toB()).id();
        ApplicationSessions.placements().served(name, "one-more", name + "-a");

        refused(() -> migrations.start(ADA, toB(), plan));

        assertThat(queue).isEmpty();
    }

    @Test
    void onlyOneMigrationOfAPoolMustRunAtATime() {
        Migration begun = migrations.start(ADA, toB(), null);
        refused(() -> migrations.start(ADA, toB(), null));
        refused(() -> migrations.start(ADA, MigrationRequest.drain(), null));
        runAll();

        assertThat(migrations.start(ADA, toB(), null).id()).isNotEqualTo(begun.id());
    }

    @Test
    void aStartThatCouldNotBeWrittenDownMustLeaveThePoolFree() {
        ledger.before((operation, count) -> {
            throw FakeLedger.unavailable();
        });
        assertThatThrownBy(() -> migrations.start(ADA, toB(), null)).hasMessageContaining("can not be reached");
        ledger.before((operation, count) -> {});

        assertThat(migrations.start(ADA, toB(), null).state()).isEqualTo(RUNNING);
    }

    @Test
    void aDrainThatGetsNoThreadMustNotLeaveTheServerDraining() {
        full = true;
        assertThatThrownBy(() -> migrations.start(ADA, MigrationRequest.drain(), null))
                .isInstanceOf(RejectedExecutionException.class);

        assertThat(migrations.isDraining()).isFalse();
        full = false;
        assertThat(migrations.start(ADA, MigrationRequest.drain(), null).state())
                .isEqualTo(RUNNING);
    }

    @Test
    void aServerMustStayDrainedUntilItsDrainIsTakenBack() {
        Migration drain = migrations.start(ADA, MigrationRequest.drain(), null);
        assertThat(migrations.isDraining()).isTrue();
        runAll();
        assertThat(migrations.isDraining()).isTrue();

        assertThat(migrations.rollback(ADA, drain.id(), "").state()).isEqualTo(ROLLING_BACK);
        runAll();

        assertThat(migrations.isDraining()).isFalse();
        assertThat(ApplicationSessions.placements().sessions(name)).containsOnlyKeys(name + "-a");
    }

    // ---- proposals

    @Test
    void aProposalMustBeginIfItsPlanStillHolds() {
        Migration proposal =
                migrations.proposed("rule:rebalance", migrations.plan(MigrationRequest.rebalance(name, Map.of())));
        assertThat(proposal.state()).isEqualTo(PLANNED);
        assertThat(proposal.startedAt()).isNull();

        assertThat(migrations.start(ADA, proposal.id()).outcome()).isEqualTo("started by ada");
        runAll();

        assertThat(migrations.find(proposal.id()).map(Migration::state)).contains(DONE);
    }

    @Test
    void aProposalMustNotBeginIfSessionsArePlacedOtherwise() {
        Migration proposal =
                migrations.proposed("rule:rebalance", migrations.plan(MigrationRequest.rebalance(name, Map.of())));
        ApplicationSessions.placements().served(name, "one-more", name + "-a");

        refused(() -> migrations.start(ADA, proposal.id()));
    }

    @Test
    void aProposalThatIsCancelledMustEndWithItsMoves() {
        Migration proposal =
                migrations.proposed("rule:rebalance", migrations.plan(MigrationRequest.rebalance(name, Map.of())));

        assertThat(migrations.cancel(ADA, proposal.id(), "no").outcome()).isEqualTo("cancelled by ada: no");

        assertThat(migrations.find(proposal.id()).map(Migration::state)).contains(ROLLED_BACK);
        assertThat(ledger.moves(proposal.id())).extracting(MoveReceipt::state).containsOnly(MoveReceipt.State.SKIPPED);
    }

    @Test
    void aProposalThatWasStartedMustNotBeWithdrawn() {
        Migration proposal =
                migrations.proposed("rule:rebalance", migrations.plan(MigrationRequest.rebalance(name, Map.of())));
        assertThat(migrations.start(ADA, proposal.id()).state()).isEqualTo(RUNNING);

        migrations.withdraw(proposal, "placed otherwise");

        assertThat(migrations.find(proposal.id()).map(Migration::state)).contains(RUNNING);
        assertThat(ledger.moves(proposal.id())).extracting(MoveReceipt::state).containsOnly(MoveReceipt.State.PENDING);
    }

    // ---- steering

    @Test
    void ordersMustBeRefusedInStatesThatTheyAreNotFor() {
        String id = migrations.start(ADA, toB(), null).id();
        refused(() -> migrations.resume(ADA, id));
        refused(() -> migrations.rollback(ADA, id, ""));
        assertThat(migrations.pause(ADA, id).state()).isEqualTo(PAUSED);
        refused(() -> migrations.pause(ADA, id));
        assertThat(migrations.resume(ADA, id).outcome()).isEqualTo("resumed by ada");
        assertThat(migrations.cancel(ADA, id, "").outcome()).isEqualTo("cancelled by ada");
        refused(() -> migrations.cancel(ADA, id, ""));
        runAll();
        refused(() -> migrations.cancel(ADA, id, ""));
        assertThat(told).containsExactly(RUNNING, PAUSED, RUNNING, ROLLING_BACK, ROLLED_BACK);
    }

    /** The other one is done between the look and the change. */
    @Test
    void ofTwoOrdersAtOnceOneMustBeRefusedAndNotAnnounced() {
        String id = migrations.start(ADA, toB(), null).id();
        ledger.after("find", 1, () -> assertThat(ledger.order(id, RUNNING, PAUSED, "paused by bob"))
                .isTrue());

        refused(() -> migrations.pause(ADA, id));

        assertThat(told).containsExactly(RUNNING);
    }

    @Test
    void aReasonThatIsTooLongMustBeRefused() {
        String id = migrations.start(ADA, toB(), null).id();

        assertThatThrownBy(() -> migrations.cancel(ADA, id, "x".repeat(501)))
                .isInstanceOfSatisfying(
                        PythonException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        assertThat(migrations.find(id).map(Migration::state)).contains(RUNNING);
    }

    @Test
    void aMigrationThatThereIsNotMustBeToldSo() {
        assertThatThrownBy(() -> migrations.pause(ADA, "mig-x"))
                .isInstanceOfSatisfying(
                        PythonException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    // ---- audit

    private List<String> noted() {
        return notes.stream()
                .map(note -> note.caller().name() + " " + note.action() + " " + note.before() + " -> " + note.after()
                        + " " + note.caller().reason())
                .toList();
    }

    @Test
    void whoeverBeginsAMigrationMustBeInTheAudit() {
        Migration begun = migrations.start(ADA, toB().because("a test"), null);
        runAll();
        Migration byRule = migrations.begunBy(
                "rule:health",
                migrations.plan(MigrationRequest.evacuate(name, name + "-b").because("too large")));

        String a = name + "-a: ";
        String b = ", " + name + "-b: ";
        assertThat(noted())
                .containsExactly(
                        "ada migrate " + a + 3 + b + 0 + " -> " + a + 0 + b + 3 + " a test",
                        "rule:health evacuate " + a + 0 + b + 3 + " -> " + a + 3 + b + 0 + " too large");
        assertThat(notes)
                .extracting(AuditNote::subject)
                .containsExactly("migration " + begun.id(), "migration " + byRule.id());
        assertThat(notes).extracting(AuditNote::detail).containsOnly("3 sessions");
    }

    @Test
    void whoeverSteersAMigrationMustBeInTheAuditWithItsStates() {
        String id = migrations.start(ADA, toB(), null).id();
        assertThat(migrations.pause(ADA, id).state()).isEqualTo(PAUSED);
        assertThat(migrations.resume(ADA, id).state()).isEqualTo(RUNNING);
        runAll();
        assertThat(migrations.rollback(ADA, id, "second thoughts").state()).isEqualTo(ROLLING_BACK);
        refused(() -> migrations.cancel(ADA, id, "too late"));
        runAll();
        Migration proposal =
                migrations.proposed("rule:rebalance", migrations.plan(MigrationRequest.rebalance(name, Map.of())));
        assertThat(migrations.cancel(ADA, proposal.id(), "no").state()).isEqualTo(ROLLED_BACK);

        assertThat(noted().subList(1, noted().size()))
                .containsExactly(
                        "ada pause migration running -> paused null",
                        "ada resume migration paused -> running null",
                        "ada roll back migration done -> rolling-back second thoughts",
                        "ada cancel migration planned -> rolled-back no");
    }

    /** It is under way, whatever is written about it. */
    @Test
    void aMigrationMustGoOnThoughItCanNotBeNoted() {
        migrations.audit = fake(AuditTrail.class, (proxy, method, arguments) -> {
            throw FakeLedger.unavailable();
        });

        Migration begun = migrations.start(ADA, toB(), null);
        runAll();

        assertThat(migrations.find(begun.id()).map(Migration::state)).contains(DONE);
    }

    // ---- the end of the server

    @Test
    void aServerThatStopsMustWaitForWhoeverHoldsAWorker() {
        pool.hold(name + "-a", new WorkerHolder("tx-7", "claims.decide", ManualClock.START));
        List<Duration> waits = new ArrayList<>();
        pool.waiting(limit -> {
            if (!limit.isZero()) {
                assertThat(migrations.isDraining()).isTrue();
                waits.add(limit);
            }
            if (waits.size() == 3) {
                pool.hold(name + "-a");
            }
        });

        migrations.stop();

        assertThat(waits).hasSize(3);
    }

    @Test
    void aServerThatStopsMustNotWaitForEver() {
        pool.hold(name + "-a", new WorkerHolder(null, "claims.decide", ManualClock.START));
        List<Duration> waits = new ArrayList<>();
        pool.waiting(waits::add);

        migrations.stop();

        assertThat(waits.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofSeconds(5));
    }

    // ---- tending

    /** A batch may take longer than servers may be silent. */
    @Test
    void whatIsUnderWayMustBeSaidToBeWorkedOnWhateverItsRunDoes() {
        String id = migrations.start(ADA, toB(), null).id();

        tend();

        assertThat(ledger.seen()).containsExactly(id);
    }

    @Test
    void aDrainThatWasAbandonedMustNotLeaveTheServerDraining() {
        String id = migrations.start(ADA, MigrationRequest.drain(), null).id();
        ledger.abandon(id);

        tend();

        assertThat(migrations.isDraining()).isFalse();
        assertThat(migrations.find(id).map(Migration::state)).contains(ROLLED_BACK);
        assertThat(told).endsWith(ROLLED_BACK);
    }

    @Test
    void aStopMustBeWhatRunsHearsOf() {
        Migration begun = migrations.start(ADA, toB(), null);
        Thread stopping = new Thread(migrations::stop);
        stopping.start();
        while (!queue.isEmpty() && stopping.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        runAll();

        assertThat(migrations.find(begun.id()).map(Migration::outcome)).contains("the server stops");
        assertThat(pool.care()).isEmpty();
    }
}
