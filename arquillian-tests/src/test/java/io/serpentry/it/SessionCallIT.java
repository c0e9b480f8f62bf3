// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.serpentry.connector.CallTimeoutException;
import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonRaisedException;
import io.serpentry.connector.WorkerLostException;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.connector.WorkersExhaustedException;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.it.app.Alone;
import io.serpentry.it.app.Meddler;
import io.serpentry.it.app.Work;
import io.serpentry.session.AttachedSession;
import io.serpentry.session.Caller;
import io.serpentry.session.Execution;
import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.Session;
import io.serpentry.session.SessionBusyException;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreMonitor;
import io.serpentry.session.StoreStatus.Circuit;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.sql.DataSource;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls of Python in sessions, with and without a transaction. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class SessionCallIT {

    private static final String DATASOURCE = "jboss.as:subsystem=datasources,data-source=SerpentryDS,statistics=pool";

    @Inject
    PythonSessions injected;

    @Inject
    SessionStore store;

    @Inject
    StoreMonitor monitor;

    @Inject
    @Pool
    PythonPool pool;

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @EJB
    Work work;

    @EJB
    Alone alone;

    @Inject
    Meddler meddler;

    @Resource
    ManagedExecutorService threads;

    @Resource(lookup = "java:jboss/TransactionManager")
    TransactionManager transactions;

    @Resource(lookup = "java:jboss/datasources/SerpentryDS")
    DataSource database;

    private final String id = "call-" + UUID.randomUUID();
    private PythonSessions sessions;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(
                SessionCallIT.class,
                Work.class,
                Alone.class,
                Meddler.class,
                Await.class,
                Background.class,
                Processes.class);
    }

    @BeforeEach
    void create() {
        sessions = injected.as(Caller.of("ada"));
        sessions.create(NewSession.durable().id(id));
    }

    private static Invocation call(String function) {
        return Invocation.of("notebook." + function);
    }

    private static Invocation append(String text) {
        return call("append").argument("text", text);
    }

    private static Invocation write(String name, Object value) {
        return call("write").argument("name", name).argument("value", value);
    }

    private String read(String name) {
        return sessions.execute(id, call("read").argument("name", name), String.class);
    }

    private String stored(String name) {
        return sessions.find(id).orElseThrow().entry(name).orElseThrow().text();
    }

    // ---- without a transaction

    @Test
    void whatAFunctionChangesMustBeThereForTheNextCallOnWhicheverWorker() {
        for (int i = 1; i <= 5; i++) {
            assertThat(sessions.execute(id, append("line " + i), Integer.class)).isEqualTo(i);
        }

        assertThat(stored("lines")).isEqualTo("[\"line 1\",\"line 2\",\"line 3\",\"line 4\",\"line 5\"]");
    }

    @Test
    void everyWorkerMustSeeTheSame() {
        sessions.execute(id, write("name", "Ada"), Void.class);
        List<String> workers =
                pool.workers().stream().map(WorkerStatus::id).distinct().toList();

        for (int i = 0; i < 4 * workers.size(); i++) {
            assertThat(read("name")).isEqualTo("Ada");
        }
    }

    @Test
    void whatJavaStoresMustBeSeenByPythonAndTheOtherWayRound() {
        Session session = sessions.open(id);
        session.putJson("greeting", " { \"text\" : \"hello\" } ").save();

        sessions.execute(id, call("copy").argument("source", "greeting").argument("target", "copy"), Void.class);

        assertThat(stored("copy")).isEqualTo("{\"text\":\"hello\"}");
        assertThat(stored("greeting"))
                .as("only read, so it stays as it was written")
                .startsWith(" {");
    }

    @Test
    void bytesMustTravelAsTheyAre() {
        sessions.execute(id, call("fill").argument("name", "blob").argument("size", 3_000_000), Void.class);

        assertThat(sessions.execute(id, call("size").argument("name", "blob"), Integer.class))
                .isEqualTo(3_000_000);
        assertThat(sessions.find(id).orElseThrow().entries().get(0).mediaType()).isEqualTo("application/octet-stream");
    }

    @Test
    void aFunctionThatRaisesMustLeaveTheSessionAsItWas() {
        sessions.execute(id, write("name", "before"), Void.class);
        long revision = sessions.find(id).orElseThrow().info().revision();

        Throwable failure = catchThrowable(() -> sessions.execute(
                id, call("write_and_fail").argument("name", "name").argument("value", "after"), Void.class));

        assertThat(failure).isInstanceOf(PythonRaisedException.class).hasMessageContaining("not today");
        assertThat(sessions.find(id).orElseThrow().info().revision()).isEqualTo(revision);
        assertThat(read("name")).isEqualTo("before");
    }

    @Test
    void aWorkerThatDiesMustLeaveTheSessionAsItWas() {
        sessions.execute(id, write("name", "before"), Void.class);

        Throwable failure = catchThrowable(() ->
                sessions.execute(id, call("die").argument("name", "name").argument("value", "after"), Void.class));

        assertThat(failure).isInstanceOf(WorkerLostException.class);
        assertThat(read("name")).isEqualTo("before");
    }

    @Test
    void whatWasSavedDuringACallMustStayWhenTheCallFails() {
        Throwable failure = catchThrowable(() -> sessions.execute(
                id, call("save_then_fail").argument("name", "name").argument("value", "saved"), Void.class));

        assertThat(failure).isInstanceOf(PythonRaisedException.class);
        assertThat(read("name")).isEqualTo("saved");
    }

    @Test
    void removedEntriesMustBeGoneAndNamesListed() {
        sessions.execute(id, write("one", 1), Void.class);
        sessions.execute(id, write("two", 2), Void.class);

        sessions.execute(id, call("remove").argument("name", "one"), Void.class);

        assertThat(sessions.execute(id, call("names"), String[].class)).containsExactly("two");
    }

    @Test
    void aSessionThatDoesNotExistMustBeRefusedBeforePythonIsCalled() {
        assertThat(catchThrowable(() -> sessions.execute("no-such-session", append("x"), Integer.class)))
                .isInstanceOf(SessionNotFoundException.class);
        assertThat(catchThrowable(() -> injected.as(Caller.of("eve")).execute(id, append("x"), Integer.class)))
                .isInstanceOf(SessionNotFoundException.class);
    }

    @Test
    void aFunctionThatNeedsASessionMustBeRefusedWithoutOne() {
        try (var connection = python.getConnection()) {
            Throwable failure =
                    catchThrowable(() -> connection.call("notebook.names").returning(String[].class));

            assertThat(failure).isInstanceOf(ConnectionStateException.class).hasMessageContaining("session");
        }
    }

    // ---- conflicts

    /** Two calls that both have read the session before either writes. */
    private List<Background<Integer>> appendingAtOnce(Path directory) throws IOException {
        List<Background<Integer>> calls = List.of(slow(directory, "first"), slow(directory, "second"));
        Await.until(
                "both have read",
                () -> Files.exists(directory.resolve("first")) && Files.exists(directory.resolve("second")));
        Files.createFile(directory.resolve("proceed"));
        return calls;
    }

    private Background<Integer> slow(Path directory, String name) {
        return slow(directory, name, null);
    }

    private Background<Integer> slow(Path directory, String name, Duration exclusiveWithin) {
        Invocation slow = call("append_slowly")
                .argument("text", name)
                .argument("begun", directory.resolve(name).toString())
                .argument("proceed", directory.resolve("proceed").toString());
        Invocation call = exclusiveWithin == null ? slow : slow.exclusive(exclusiveWithin);
        return Background.on(threads, () -> sessions.execute(id, call, Integer.class));
    }

    @Test
    void ofTwoCallsAtOnceOneMustBeToldOfTheConflictAndNothingBeLost() throws Exception {
        Path directory = Files.createTempDirectory("conflict");

        List<Background<Integer>> calls = appendingAtOnce(directory);

        List<Throwable> failures = calls.stream()
                .map(Background::outcome)
                .filter(failure -> failure != null)
                .toList();
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0)).isInstanceOf(SessionConflictException.class);
        assertThat(sessions.execute(id, append("third"), Integer.class)).isEqualTo(2);
    }

    @Test
    void aCallThatIsIdempotentMustBeMadeAgainAfterAConflict() throws Exception {
        int calls = 20;
        List<Background<Integer>> running = IntStream.range(0, 4)
                .mapToObj(thread -> Background.on(threads, () -> {
                    for (int i = 0; i < calls; i++) {
                        appendUntilItIsThere("t" + thread + " " + i);
                    }
                    return 0;
                }))
                .toList();

        assertThat(running).allSatisfy(one -> assertThat(one.outcome()).isNull());
        assertThat(sessions.execute(id, append("last"), Integer.class)).isEqualTo(4 * calls + 1);
    }

    private void appendUntilItIsThere(String text) {
        while (true) {
            try {
                sessions.execute(id, call("append_again").argument("text", text), Integer.class);
                return;
            } catch (SessionConflictException e) {
                // Five times in a row somebody else was faster.
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void incrementsMustNeverConflict() throws Exception {
        List<Background<Integer>> running = IntStream.range(0, 4)
                .mapToObj(thread -> Background.on(threads, () -> {
                    for (int i = 0; i < 25; i++) {
                        sessions.execute(id, call("increment").argument("name", "hits"), Void.class);
                    }
                    return 0;
                }))
                .toList();

        assertThat(running).allSatisfy(one -> assertThat(one.outcome()).isNull());
        assertThat(read("hits")).isEqualTo("100");
    }

    @Test
    void anEntryThatWasOnlyReadMustCountIfThatIsAskedFor() throws Exception {
        sessions.execute(id, write("rate", 1), Void.class);
        Invocation copy = call("copy").argument("source", "rate").argument("target", "used");

        assertThat(catchThrowable(() -> work.inTransaction(() -> {
                    sessions.execute(id, copy.readsValidated(true), Void.class);
                    alone.call(() -> sessions.execute(id, write("rate", 2), Void.class));
                    return null;
                })))
                .isInstanceOf(RollbackException.class)
                .hasRootCauseInstanceOf(SessionConflictException.class);
        work.inTransaction(() -> {
            sessions.execute(id, copy, Void.class);
            alone.call(() -> sessions.execute(id, write("rate", 3), Void.class));
            return null;
        });

        assertThat(read("used")).isEqualTo("2");
    }

    @Test
    void exclusiveCallsMustComeOneAfterTheOther() {
        List<Background<Integer>> running = IntStream.range(0, 4)
                .mapToObj(thread -> Background.on(threads, () -> {
                    for (int i = 0; i < 10; i++) {
                        sessions.execute(id, append("t" + thread).exclusive(Duration.ofSeconds(30)), Integer.class);
                    }
                    return 0;
                }))
                .toList();

        assertThat(running).allSatisfy(one -> assertThat(one.outcome()).isNull());
        assertThat(sessions.execute(id, append("last"), Integer.class)).isEqualTo(41);
    }

    @Test
    void anExclusiveCallThatWouldNotWaitMustBeRefusedWhileAnotherRuns() throws Exception {
        Path directory = Files.createTempDirectory("exclusive");
        Background<Integer> running = slow(directory, "first", Duration.ZERO);
        Await.until("it runs", () -> Files.exists(directory.resolve("first")));

        Throwable refused =
                catchThrowable(() -> sessions.execute(id, append("x").exclusive(Duration.ZERO), Integer.class));

        assertThat(refused).isInstanceOf(SessionBusyException.class).hasMessageContaining(id);
        Files.createFile(directory.resolve("proceed"));
        assertThat(running.outcome()).isNull();
        assertThat(sessions.execute(id, append("y").exclusive(Duration.ZERO), Integer.class))
                .isEqualTo(2);
    }

    @Test
    void anExclusiveCallInAnothersSessionMustBeToldThatThereIsNone() throws Exception {
        PythonSessions eves = injected.as(Caller.of("eve"));
        Path directory = Files.createTempDirectory("exclusive");
        Background<Integer> running = slow(directory, "first", Duration.ZERO);
        Await.until("it runs", () -> Files.exists(directory.resolve("first")));

        assertThat(catchThrowable(() -> eves.execute(id, append("x").exclusive(Duration.ofSeconds(30)), Integer.class)))
                .isInstanceOf(SessionNotFoundException.class);

        Files.createFile(directory.resolve("proceed"));
        assertThat(running.outcome()).isNull();
    }

    @Test
    void anExclusiveCallInAnothersSessionMustKeepNobodyWaiting() throws Exception {
        PythonSessions eves = injected.as(Caller.of("eve"));

        work.inTransaction(() -> {
            assertThat(catchThrowable(() -> eves.execute(id, append("x").exclusive(Duration.ZERO), Integer.class)))
                    .isInstanceOf(SessionNotFoundException.class);
            Background<Integer> owner = Background.on(
                    threads, () -> sessions.execute(id, append("y").exclusive(Duration.ZERO), Integer.class));
            assertThat(owner.outcome()).isNull();
            return null;
        });
    }

    @Test
    void anExclusiveCallWithAnIdThatIsTooLongMustBeRefusedWithoutTheDatabase() {
        Invocation exclusive = append("x").exclusive(Duration.ZERO);

        for (int i = 0; i < 10; i++) {
            assertThat(catchThrowable(() -> sessions.execute("x".repeat(129), exclusive, Integer.class)))
                    .isInstanceOf(InvalidArgumentException.class);
        }

        assertThat(monitor.status().circuit()).isEqualTo(Circuit.CLOSED);
    }

    @Test
    void anExclusiveCallInATransactionMustKeepOthersWaitingUntilItHasEnded() throws Exception {
        Invocation exclusive = append("x").exclusive(Duration.ZERO);

        work.inTransaction(() -> {
            sessions.execute(id, exclusive, Integer.class);
            sessions.execute(id, exclusive, Integer.class);
            Background<Integer> other = Background.on(threads, () -> sessions.execute(id, exclusive, Integer.class));
            assertThat(other.outcome()).isInstanceOf(SessionBusyException.class);
            return null;
        });

        assertThat(sessions.execute(id, exclusive, Integer.class)).isEqualTo(3);
    }

    @Test
    void aTransactionThatIsMarkedForRollbackMustTakeNoExclusiveTurn() {
        Invocation exclusive = append("x").exclusive(Duration.ZERO);

        assertThat(catchThrowable(() -> work.inTransaction(() -> {
                    transactions.setRollbackOnly();
                    return sessions.execute(id, exclusive, Integer.class);
                })))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("can only be rolled back");

        assertThat(sessions.execute(id, exclusive, Integer.class)).isEqualTo(1);
    }

    @Test
    void aTransactionWhoseTimeIsOverWhileItWaitsForItsTurnMustLeaveTheTurnToOthers() throws Exception {
        Path directory = Files.createTempDirectory("exclusive");
        Background<Integer> running = slow(directory, "first", Duration.ZERO);
        Await.until("it runs", () -> Files.exists(directory.resolve("first")));
        AtomicReference<Transaction> waiting = new AtomicReference<>();
        Background<Throwable> waiter = Background.on(
                threads,
                () -> catchThrowable(() -> work.inTransaction(1, () -> {
                    waiting.set(transactions.getTransaction());
                    return sessions.execute(id, append("x").exclusive(Duration.ofSeconds(30)), Integer.class);
                })));

        Await.until("its time is over", () -> waiting.get() != null && hasEnded(waiting.get()));
        Files.createFile(directory.resolve("proceed"));

        assertThat(running.outcome()).isNull();
        assertThat(waiter.value()).isInstanceOf(ConnectionStateException.class).hasMessageContaining("has ended");
        assertThat(sessions.execute(id, append("y").exclusive(Duration.ZERO), Integer.class))
                .isEqualTo(2);
    }

    private static boolean hasEnded(Transaction transaction) {
        try {
            return transaction.getStatus() == Status.STATUS_ROLLEDBACK;
        } catch (SystemException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anIdempotentCallThatHasCalledTheApplicationMustNotBeMadeAgain() {
        Invocation asking = call("append_after_asking").argument("text", "x").argument("name", "meddler.write");

        assertThat(catchThrowable(() -> sessions.execute(id, asking, Integer.class)))
                .isInstanceOf(SessionConflictException.class);

        assertThat(meddler.asked()).isEqualTo(1);
        assertThat(stored("lines")).isEqualTo("[\"meddled 1\"]");
    }

    // ---- attached

    @Test
    void anAttachedSessionMustTakeCallsUntilItIsClosed() throws Exception {
        AttachedSession attached = sessions.attach(id);
        try (attached) {
            assertThat(attached.id()).isEqualTo(id);
            assertThat(attached.execute(append("one"), Integer.class)).isEqualTo(1);
            Execution second = work.inTransaction(() -> attached.perform(append("two"), Integer.class));
            assertThat(second.result()).isEqualTo(2);
        }

        assertThat(catchThrowable(() -> attached.execute(append("three"), Integer.class)))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining(id);
        assertThat(stored("lines")).isEqualTo("[\"one\",\"two\"]");
    }

    @Test
    void whetherAnAttachedSessionExistsMustBeSeenByItsFirstCall() {
        String later = id + "-later";
        try (AttachedSession attached = sessions.attach(later)) {
            assertThat(catchThrowable(() -> attached.execute(append("x"), Integer.class)))
                    .isInstanceOf(SessionNotFoundException.class);
            sessions.create(NewSession.durable().id(later));

            assertThat(attached.execute(append("x"), Integer.class)).isEqualTo(1);
        }
        assertThat(catchThrowable(() -> sessions.attach(""))).isInstanceOf(InvalidArgumentException.class);
    }

    // ---- spread over the workers

    /** Without the loads of the workers, all of them would be served by the one that comes back last. */
    @Test
    void theSessionsOfAWorkerThatIsKilledMustBeSpreadOverTheOthers() {
        startAllWorkers();
        List<String> crowd = IntStream.range(0, 10 * pool.statistics().max())
                .mapToObj(i ->
                        sessions.create(NewSession.durable().id(id + "-" + i)).id())
                .toList();
        Map<String, String> before = servedBy(crowd);
        String doomed = before.get(crowd.get(0));
        List<String> left = crowd.stream()
                .filter(session -> before.get(session).equals(doomed))
                .toList();
        kill(doomed);

        Map<String, String> after = servedBy(left);

        Set<String> survivors = new HashSet<>(before.values());
        survivors.remove(doomed);
        int share = left.size() / survivors.size() + 2;
        assertThat(after.values()).doesNotContain(doomed);
        assertThat(survivors).hasSizeGreaterThan(1).allSatisfy(worker -> assertThat(
                        Collections.frequency(after.values(), worker))
                .as("of %d sessions, served by %s after %s", left.size(), after, before)
                .isLessThanOrEqualTo(share));
    }

    /** The worker of each session's next call. */
    private Map<String, String> servedBy(List<String> crowd) {
        Map<String, String> workers = new LinkedHashMap<>();
        crowd.forEach(session -> workers.put(
                session,
                sessions.perform(session, append("x"), Integer.class).worker().id()));
        return workers;
    }

    private void kill(String worker) {
        pool.workers().stream()
                .filter(status -> status.id().equals(worker))
                .forEach(status -> Processes.signal("KILL", status.pid()));
        Await.until("it is gone", () -> pool.workers().stream()
                .noneMatch(status -> status.id().equals(worker)));
    }

    private void startAllWorkers() {
        List<PythonConnection> all = new ArrayList<>();
        try {
            for (int i = 0; i < pool.statistics().max(); i++) {
                all.add(python.getConnection());
            }
        } finally {
            all.forEach(PythonConnection::close);
        }
    }

    // ---- only on the warm worker

    private static Invocation onlyWarm(Duration within) {
        return append("x").onWarmWorker(within);
    }

    @Test
    void aSessionThatNoWorkerHasWarmMustBeRefusedWhereOnlySuchAWorkerWillDo() {
        Throwable refused = catchThrowable(() -> sessions.execute(id, onlyWarm(Duration.ofDays(1)), Integer.class));

        assertThat(refused).isInstanceOf(WorkersExhaustedException.class).hasMessageContaining(id);
        assertThat(catchThrowable(() -> sessions.executeAnonymous(onlyWarm(Duration.ZERO), Integer.class)))
                .isInstanceOf(WorkersExhaustedException.class);
        assertThat(sessions.find(id).orElseThrow().entries()).isEmpty();
    }

    @Test
    void onlyTheWarmWorkerMustServeWhereOnlyItWillDoHoweverOftenTheContainerOffersAnother() {
        String warm = warmed();

        for (int i = 0; i < 5; i++) {
            try (PythonConnection other = python.getConnection(Placement.spread())) {
                assertThat(other.call("probe.pid").returning(Long.class)).isPositive();
            }
            assertThat(served(onlyWarm(Duration.ofSeconds(20)))).isEqualTo(warm);
        }
    }

    private String warmed() {
        return served(append("first"));
    }

    private String served(Invocation invocation) {
        return sessions.perform(id, invocation, Integer.class).worker().id();
    }

    @Test
    void aWarmWorkerThatIsInUseMustBeWaitedForWhereOnlyItWillDo() throws Exception {
        String warm = warmed();
        PythonConnection holder = python.getConnection(Placement.require(warm, Duration.ofSeconds(20)));
        Background<String> waiter = Background.on(threads, () -> served(onlyWarm(Duration.ofSeconds(20))));
        Await.until("it waits", () -> pool.statistics().waiting() == 1);

        holder.close();

        assertThat(waiter.value()).isEqualTo(warm);
    }

    @Test
    void aWarmWorkerThatStaysInUseOrIsGoneMustBeToldWhereOnlyItWillDo() {
        String warm = warmed();
        try (PythonConnection holder = python.getConnection(Placement.require(warm, Duration.ofSeconds(20)))) {
            assertThat(catchThrowable(() -> sessions.execute(id, onlyWarm(Duration.ofMillis(70)), Integer.class)))
                    .isInstanceOf(WorkersExhaustedException.class)
                    .hasMessageContaining(holder.worker().id())
                    .hasMessageContaining("70 ms");
        }
        assertThat(pool.drain(warm, Duration.ofSeconds(20))).isTrue();

        assertThat(catchThrowable(() -> sessions.execute(id, onlyWarm(Duration.ofDays(1)), Integer.class)))
                .isInstanceOf(WorkersExhaustedException.class);
        assertThat(served(append("third"))).isNotEqualTo(warm);
        assertThat(sessions.execute(id, onlyWarm(Duration.ofSeconds(20)), Integer.class))
                .isEqualTo(3);
    }

    @Test
    void aTransactionThatIsBoundToAnotherWorkerMustRefuseACallOnlyOnTheWarmOne() {
        String warm = warmed();

        assertThat(catchThrowable(() -> work.inTransaction(() -> {
                    String other = pool.workers().stream()
                            .map(WorkerStatus::id)
                            .filter(worker -> !worker.equals(warm))
                            .findFirst()
                            .orElseThrow();
                    try (PythonConnection bound =
                            python.getConnection(Placement.require(other, Duration.ofSeconds(20)))) {
                        assertThat(bound.call("probe.pid").returning(Long.class))
                                .isPositive();
                        return sessions.execute(id, onlyWarm(Duration.ofSeconds(20)), Integer.class);
                    }
                })))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("first call");
    }

    // ---- in a transaction

    @Test
    void noConnectionAndNoLockMustBeHeldWhilePythonRuns() throws Exception {
        sessions.execute(id, append("first"), Integer.class);
        Path directory = Files.createTempDirectory("held");

        work.inTransaction(() -> {
            sessions.execute(id, append("second"), Integer.class);
            Background<Void> looker = Background.on(threads, () -> {
                Await.until("it runs", () -> Files.exists(directory.resolve("slow")));
                Await.until("no connection is in use", () -> connectionsInUse() == 0);
                sessions.execute(id, write("other", 1), Void.class);
                create(directory.resolve("proceed"));
                return null;
            });
            Invocation slow = call("append_slowly")
                    .argument("text", "third")
                    .argument("begun", directory.resolve("slow").toString())
                    .argument("proceed", directory.resolve("proceed").toString());
            assertThat(sessions.execute(id, slow, Integer.class)).isEqualTo(3);
            assertThat(looker.outcome()).isNull();
            return null;
        });

        assertThat(stored("lines")).isEqualTo("[\"first\",\"second\",\"third\"]");
    }

    private static void create(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int connectionsInUse() {
        try {
            Object count =
                    ManagementFactory.getPlatformMBeanServer().getAttribute(new ObjectName(DATASOURCE), "InUseCount");
            return Integer.parseInt(count.toString());
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTransactionMustShowItsCallsWhatWasStagedAndOthersOnlyAfterTheCommit() throws Exception {
        work.inTransaction(() -> {
            assertThat(sessions.execute(id, append("one"), Integer.class)).isEqualTo(1);
            assertThat(sessions.execute(id, append("two"), Integer.class)).isEqualTo(2);
            assertThat(alone.call(() -> sessions.find(id).orElseThrow().entries()))
                    .isEmpty();
            return null;
        });

        assertThat(stored("lines")).isEqualTo("[\"one\",\"two\"]");
    }

    @Test
    void aRollbackMustLeaveNothingAnywhere() {
        sessions.execute(id, append("kept"), Integer.class);

        assertThat(catchThrowable(() -> work.inTransaction(() -> {
                    sessions.execute(id, append("dropped"), Integer.class);
                    sessions.execute(id, write("other", "dropped"), Void.class);
                    throw new Exception("as the test wants it");
                })))
                .hasMessage("as the test wants it");

        for (int i = 0; i < 8; i++) {
            assertThat(read("other")).isNull();
        }
        assertThat(sessions.execute(id, append("next"), Integer.class)).isEqualTo(2);
        assertThat(stored("lines")).isEqualTo("[\"kept\",\"next\"]");
    }

    @Test
    void whatJavaReadsInTheTransactionMustBeWhatItsCallsStaged() throws Exception {
        String seen = work.inTransaction(() -> {
            sessions.execute(id, write("name", "staged"), Void.class);
            String read = stored("name");
            sessions.execute(id, write("name", "staged again"), Void.class);
            return read;
        });

        assertThat(seen).isEqualTo("\"staged\"");
        assertThat(stored("name")).isEqualTo("\"staged again\"");
    }

    @Test
    void stagedIncrementsAndRemovalsMustBeSeenByLaterCalls() throws Exception {
        sessions.execute(id, write("gone", 1), Void.class);
        sessions.execute(id, call("increment").argument("name", "hits").argument("by", 5), Void.class);

        work.inTransaction(() -> {
            sessions.execute(id, call("remove").argument("name", "gone"), Void.class);
            sessions.execute(id, call("increment").argument("name", "hits").argument("by", 2), Void.class);
            assertThat(read("gone")).isNull();
            assertThat(read("hits")).isEqualTo("7");
            sessions.execute(id, call("increment").argument("name", "hits").argument("by", 3), Void.class);
            sessions.execute(id, write("gone", "back"), Void.class);
            return null;
        });

        assertThat(read("hits")).isEqualTo("10");
        assertThat(read("gone")).isEqualTo("back");
    }

    @Test
    void aCounterThatTheTransactionHasMadeMustBeAssignedWithoutAConflict() throws Exception {
        work.inTransaction(() -> {
            sessions.execute(id, call("increment").argument("name", "hits").argument("by", 5), Void.class);
            return sessions.execute(id, write("hits", 2), Void.class);
        });

        assertThat(read("hits")).isEqualTo("2");
    }

    @Test
    void aConflictAtTheCommitMustBeInTheCauseAndNameTheEntry() {
        sessions.execute(id, append("first"), Integer.class);

        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            sessions.execute(id, append("mine"), Integer.class);
            alone.call(() -> sessions.execute(id, append("theirs"), Integer.class));
            return null;
        }));

        assertThat(failure).isInstanceOf(RollbackException.class);
        assertThat(failure).hasRootCauseInstanceOf(SessionConflictException.class);
        assertThat(stored("lines")).isEqualTo("[\"first\",\"theirs\"]");
    }

    @Test
    void aFlushMustTellOfAConflictEarly() {
        sessions.execute(id, append("first"), Integer.class);

        SessionConflictException failure = catchThrowableOfType(
                SessionConflictException.class,
                () -> work.inTransaction(() -> {
                    sessions.execute(id, append("mine"), Integer.class);
                    alone.call(() -> sessions.execute(id, append("theirs"), Integer.class));
                    sessions.flush();
                    return null;
                }));

        assertThat(failure.conflicts()).hasSize(1);
        assertThat(failure.conflicts().get(0).entry()).isEqualTo("lines");
    }

    @Test
    void aSessionCreatedInATransactionThatIsRolledBackMustNotExist() {
        String fresh = id + "-fresh";

        assertThat(catchThrowable(() -> work.inTransaction(() -> {
                    sessions.create(NewSession.durable().id(fresh));
                    sessions.execute(fresh, append("x"), Integer.class);
                    throw new Exception("as the test wants it");
                })))
                .hasMessage("as the test wants it");

        assertThat(sessions.find(fresh)).isEmpty();
    }

    // ---- expiry

    private SessionInfo info(String session) {
        return sessions.find(session).orElseThrow().info();
    }

    @Test
    void theStartOfACallMustMoveTheExpiryBeyondItsDeadline() throws Exception {
        String brief = id + "-brief";
        sessions.create(NewSession.durable().id(brief).idleTimeout(Duration.ofSeconds(60)));
        Path directory = Files.createTempDirectory("expiry");
        Instant begun = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Invocation slow = atGate("wait_at_gate", directory).timeout(Duration.ofMinutes(4));
        Background<Void> running = Background.on(threads, () -> sessions.execute(brief, slow, Void.class));
        Await.until("it runs", () -> Files.exists(directory.resolve("begun")));

        assertThat(info(brief).expiresAt()).isAfterOrEqualTo(begun.plus(Duration.ofSeconds(270)));
        Files.createFile(directory.resolve("proceed"));
        assertThat(running.outcome()).isNull();
    }

    @Test
    void aCallMustEndWithTheLifetimeOfItsSession() throws Exception {
        String mortal = id + "-mortal";
        sessions.create(NewSession.durable().id(mortal).lifetime(Duration.ofSeconds(2)));
        Path directory = Files.createTempDirectory("expiry");
        Invocation slow = atGate("wait_at_gate", directory).timeout(Duration.ofMinutes(4));

        assertThat(catchThrowable(() -> sessions.execute(mortal, slow, Void.class)))
                .isInstanceOf(CallTimeoutException.class);

        assertThat(sessions.find(mortal)).isEmpty();
    }

    @Test
    void aCallInASessionThatItsTransactionHasCreatedMustHaveItsTime() throws Exception {
        String fresh = id + "-fresh";
        Duration idle = Duration.ofSeconds(2);
        Path directory = Files.createTempDirectory("expiry");
        Invocation slow = atGate("wait_at_gate", directory).timeout(Duration.ofMinutes(4));
        Background<Instant> running = Background.on(
                threads,
                () -> inTransaction(() -> {
                    sessions.create(NewSession.durable().id(fresh).idleTimeout(idle));
                    sessions.execute(fresh, slow, Void.class);
                    return info(fresh).expiresAt();
                }));
        Await.until("it runs", () -> Files.exists(directory.resolve("begun")));
        Instant over = Instant.now().plus(idle).plus(idle);
        Await.until("its idle timeout is over", () -> Instant.now().isAfter(over));
        Files.createFile(directory.resolve("proceed"));

        assertThat(running.value()).isAfter(over.plus(Duration.ofMinutes(3)));
        assertThat(info(fresh).expiresAt()).isEqualTo(running.value());
    }

    @Test
    void aCallInASessionThatItsTransactionHasChangedMustHaveItsTime() throws Exception {
        String changed = id + "-changed";
        sessions.create(NewSession.durable().id(changed).idleTimeout(Duration.ofSeconds(60)));
        Instant begun = Instant.now().truncatedTo(ChronoUnit.MILLIS);

        work.inTransaction(() -> {
            sessions.open(changed).putJson("entry", "1").save();
            Invocation append = append("one").timeout(Duration.ofMinutes(4));
            return sessions.execute(changed, append, Integer.class);
        });

        assertThat(info(changed).expiresAt()).isAfterOrEqualTo(begun.plus(Duration.ofSeconds(270)));
    }

    // ---- caches

    @Test
    void whatEachCallSeesMustBeTheTruthWhateverHappenedBefore() throws Exception {
        sessions.execute(id, write("name", "one"), Void.class);
        assertThat(catchThrowable(() -> work.inTransaction(() -> {
                    sessions.execute(id, write("name", "rolled back"), Void.class);
                    throw new Exception("as the test wants it");
                })))
                .hasMessage("as the test wants it");
        assertThat(read("name")).isEqualTo("one");

        sessions.open(id).putJson("name", "\"by Java\"").save();
        assertThat(read("name")).isEqualTo("by Java");

        sessions.delete(id);
        sessions.create(NewSession.durable().id(id));
        assertThat(read("name")).isNull();
    }

    /** What that call returns on each worker of the pool, one after the other. */
    private List<String> onEveryWorker(Invocation call) {
        List<PythonConnection> all = new ArrayList<>();
        List<String> results = new ArrayList<>();
        try {
            for (int i = 0; i < pool.statistics().max(); i++) {
                all.add(python.getConnection());
            }
            for (int i = 0; i < all.size(); i++) {
                String free = all.get(i).worker().id();
                all.get(i).close();
                Execution made = sessions.perform(id, call, String.class);
                all.set(i, python.getConnection(Placement.require(free, Duration.ofSeconds(20))));
                assertThat(made.worker().id()).isEqualTo(free);
                results.add(String.valueOf(made.result()));
            }
        } finally {
            all.forEach(PythonConnection::close);
        }
        return results;
    }

    @Test
    void aSessionThatWasRestoredMustBeSeenSoByEveryWorker() {
        Invocation read = call("read").argument("name", "name");
        sessions.execute(id, write("name", "one"), Void.class);
        long revision = sessions.find(id).orElseThrow().info().revision();
        sessions.execute(id, write("name", "two"), Void.class);
        assertThat(onEveryWorker(read)).hasSize(4).containsOnly("two");

        store.restore(Caller.of("ada"), id, revision);

        assertThat(onEveryWorker(read)).hasSize(4).containsOnly("one");
    }

    @Test
    void aSessionThatWasDeletedAndCreatedAgainMustBeEmptyForEveryWorker() {
        Invocation read = call("read").argument("name", "name");
        sessions.execute(id, write("name", "one"), Void.class);
        assertThat(onEveryWorker(read)).hasSize(4).containsOnly("one");

        sessions.delete(id);
        sessions.create(NewSession.durable().id(id));

        assertThat(onEveryWorker(read)).hasSize(4).containsOnly("null");
    }

    // ---- anonymous

    @Test
    void anAnonymousCallMustHaveASessionThatIsGoneAfterIt() {
        assertThat(sessions.executeAnonymous(append("one"), Integer.class)).isEqualTo(1);
        assertThat(sessions.executeAnonymous(append("one"), Integer.class)).isEqualTo(1);
        assertThat(catchThrowable(() -> sessions.executeAnonymous(
                        call("die").argument("name", "x").argument("value", 1), Void.class)))
                .isInstanceOf(WorkerLostException.class);

        assertThat(sessions.page(SessionQuery.all().kind(SessionKind.TEMPORARY)).items())
                .isEmpty();
    }

    @Test
    void anAnonymousSessionMustBeListedAndFoundWhileItsCallRuns() throws Exception {
        Path directory = Files.createTempDirectory("anonymous");
        Invocation slow = call("append_slowly")
                .argument("text", "x")
                .argument("begun", directory.resolve("begun").toString())
                .argument("proceed", directory.resolve("proceed").toString());
        Background<Integer> running = Background.on(threads, () -> sessions.executeAnonymous(slow, Integer.class));
        Await.until("it runs", () -> Files.exists(directory.resolve("begun")));

        var listed =
                sessions.page(SessionQuery.all().kind(SessionKind.TEMPORARY)).items();

        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).id()).startsWith("temp_");
        assertThat(sessions.find(listed.get(0).id())).isPresent();
        Files.createFile(directory.resolve("proceed"));
        assertThat(running.outcome()).isNull();
        assertThat(sessions.find(listed.get(0).id())).isEmpty();
    }

    /** How many temporary sessions are rows of the database, whoever looks. */
    private long temporaryRows() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from serpentry_session where kind = 1")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private SessionInfo onlyTemporary() {
        List<SessionInfo> listed =
                sessions.page(SessionQuery.all().kind(SessionKind.TEMPORARY)).items();
        assertThat(listed).hasSize(1);
        return listed.get(0);
    }

    private static Invocation atGate(String function, Path directory) {
        return call(function)
                .argument("begun", directory.resolve("begun").toString())
                .argument("proceed", directory.resolve("proceed").toString());
    }

    @Test
    void aPersistedAnonymousCallMustHaveARowWhileItRunsWhateverTheTransaction() throws Exception {
        Path directory = Files.createTempDirectory("persisted");
        Invocation slow = atGate("wait_at_gate", directory).persisted(true);
        Background<Void> running = Background.on(
                threads,
                () -> inTransaction(() -> {
                    assertThat(sessions.executeAnonymous(slow, Void.class)).isNull();
                    assertThat(temporaryRows()).isZero();
                    return null;
                }));
        Await.until("it runs", () -> Files.exists(directory.resolve("begun")));

        SessionInfo listed = onlyTemporary();

        assertThat(temporaryRows()).isEqualTo(1);
        assertThat(listed.id()).startsWith("temp_");
        assertThat(listed.idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(store.find(Caller.of("ada"), listed.id())).isPresent();
        Files.createFile(directory.resolve("proceed"));
        assertThat(running.outcome()).isNull();
        assertThat(temporaryRows()).isZero();
    }

    private <T> T inTransaction(Callable<T> step) {
        try {
            return work.inTransaction(step);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPersistedAnonymousCallMustLeaveNoRowHoweverItEnds() throws Exception {
        Path directory = Files.createTempDirectory("persisted");
        assertThat(sessions.executeAnonymous(append("one").persisted(true), Integer.class))
                .isEqualTo(1);
        assertThat(temporaryRows()).isZero();

        Invocation failing = call("save_then_fail")
                .argument("name", "x")
                .argument("value", 1)
                .persisted(true);
        assertThat(catchThrowable(() -> sessions.executeAnonymous(failing, Void.class)))
                .isInstanceOf(PythonRaisedException.class);
        assertThat(temporaryRows()).isZero();

        Invocation late = atGate("wait_at_gate", directory).persisted(true).timeout(Duration.ofMillis(200));
        assertThat(catchThrowable(() -> sessions.executeAnonymous(late, Void.class)))
                .isInstanceOf(CallTimeoutException.class);
        assertThat(temporaryRows()).isZero();

        Invocation dying =
                call("die").argument("name", "x").argument("value", 1).persisted(true);
        assertThat(catchThrowable(() -> sessions.executeAnonymous(dying, Void.class)))
                .isInstanceOf(WorkerLostException.class);
        assertThat(temporaryRows()).isZero();
    }

    @Test
    void anAnonymousSessionThatOutgrowsMemoryMustBecomeARowThatTheCallGoesOnWith() throws Exception {
        Path directory = Files.createTempDirectory("outgrown");
        Invocation growing = atGate("save_and_wait", directory).argument("size", (1 << 20) + 1);
        Background<String> running =
                Background.on(threads, () -> inTransaction(() -> sessions.executeAnonymous(growing, String.class)));
        Await.until("it has saved", () -> Files.exists(directory.resolve("begun")));

        SessionInfo listed = onlyTemporary();
        assertThat(temporaryRows()).isEqualTo(1);
        assertThat(listed.bytes()).isGreaterThan(1 << 20);
        sessions.open(listed.id()).putJson("note", "\"by Java\"").save();

        Files.createFile(directory.resolve("proceed"));
        assertThat(running.value()).isEqualTo((1 << 20) + 1 + " by Java");
        assertThat(temporaryRows()).isZero();
    }

    @Test
    void anAnonymousSessionWithinItsBoundMustStayInMemory() throws Exception {
        Path directory = Files.createTempDirectory("small");
        Invocation growing = atGate("save_and_wait", directory).argument("size", 1 << 20);
        Background<String> running = Background.on(threads, () -> sessions.executeAnonymous(growing, String.class));
        Await.until("it has saved", () -> Files.exists(directory.resolve("begun")));

        assertThat(onlyTemporary().entryCount()).isEqualTo(1);
        assertThat(temporaryRows()).isZero();

        Files.createFile(directory.resolve("proceed"));
        assertThat(running.value()).isEqualTo((1 << 20) + " None");
    }
}
