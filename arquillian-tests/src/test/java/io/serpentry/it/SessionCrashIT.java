// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.Bookings;
import io.serpentry.it.app.PythonBookingDesk;
import io.serpentry.it.app.PythonBookings;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.BookingClients;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.ServerVariables;
import io.serpentry.testkit.Shape;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls in sessions of an application outside the EAR, on PostgreSQL: what is locked, prepared and left when something dies. */
@Tag("core")
class SessionCrashIT {

    private static final int KILLS = "1".equals(System.getenv("SERPENTRY_LONG")) ? 100 : 3;
    /** More than the container has for requests. */
    private static final int MOST_THREADS = 64;

    private static final Map<String, String> VARIABLES = Map.of(
            "SERPENTRY_SESSION_SWEEP_INTERVAL", "PT1S",
            "SERPENTRY_SESSION_DELIVER_INTERVAL", "PT1H",
            "SERPENTRY_SESSION_MAXENTRIES", "100000",
            // What is only softly reachable goes with the next collection.
            "JAVA_OPTS", "-Xmx512m -XX:SoftRefLRUPolicyMSPerMB=0 -Dwildfly.datasources.statistics-enabled=true");

    private static final PostgresServer POSTGRES =
            PostgresServer.start(Map.of("log_statement", "all", "max_prepared_transactions", "20", "fsync", "off"));

    private static final String DATABASE = POSTGRES.createDatabase();
    private static RunningServer server;
    private static OutsideApp app;

    private final String session = "crash-" + UUID.randomUUID();
    private final String bookings = "/bookings?source=SerpentryDS&session=" + session;
    private Path directory;
    private Path begun;
    private Path proceed;
    private Path journal;

    @BeforeAll
    static void startOnPostgresql() throws IOException {
        server = RunningServer.start(5800, ServerVariables.of(POSTGRES, DATABASE, VARIABLES), "--workers", "4");
        app = deployed();
    }

    private static OutsideApp deployed() throws IOException {
        return OutsideApp.deployed(
                server,
                OutsideWar.dependingOn(
                        "serpentry.ear",
                        Bookings.class,
                        PythonBookings.class,
                        PythonBookings.Row.class,
                        PythonBookingDesk.class));
    }

    @AfterAll
    static void stop() {
        try (PostgresServer postgres = POSTGRES;
                RunningServer running = server) {
            assertThat(postgres).isNotNull();
            assertThat(running).isNotNull();
        }
    }

    @BeforeEach
    void open() throws IOException {
        app.text("PUT", bookings);
        directory = Files.createTempDirectory("crash");
        begun = directory.resolve("begun");
        proceed = directory.resolve("proceed");
        journal = directory.resolve("journal");
    }

    private static long count(String sql) {
        return POSTGRES.query(DATABASE, sql, Long.class);
    }

    /** What the transaction manager has ever written down to finish after a crash; the directory stays when a record goes. */
    private static Path transactionRecords() {
        return server.base().resolve("data/tx-object-store/ShadowNoFileLockStore/defaultStore/StateManager");
    }

    // ---- commit

    @Test
    void aTransactionMustBePreparedNowhereWithHooksAndWithout() {
        POSTGRES.clearLog();

        for (int n = 1; n <= 6; n++) {
            app.text("POST", bookings + "&n=" + n);
        }

        assertThat(app.text("GET", bookings)).isEqualTo("1,2,3,4,5,6\n1,2,3,4,5,6\n6");
        assertThat(POSTGRES.logLines()).anyMatch(line -> line.contains("insert into booking"));
        assertThat(POSTGRES.logLines()).noneMatch(line -> line.contains("PREPARE TRANSACTION"));
        assertThat(transactionRecords()).doesNotExist();
    }

    @Test
    void aKillAtAnyMomentMustLeaveRowsAndEntriesThatAgreeAndNoRecord() throws Exception {
        POSTGRES.clearLog();
        for (int round = 1; round <= KILLS; round++) {
            BookingClients clients = BookingClients.start(app, "SerpentryDS", session + "-" + round);
            clients.await(ThreadLocalRandom.current().nextInt(1, 100));
            server.kill();
            clients.stop();
            restart();

            clients.check(app);
            assertThat(clients.refusals()).as("round %d", round).isEmpty();
            assertThat(transactionRecords()).as("round %d", round).doesNotExist();
            assertThat(count("select count(*) from pg_prepared_xacts")).isZero();
        }
        assertThat(POSTGRES.logLines()).noneMatch(line -> line.contains("PREPARE TRANSACTION"));
    }

    private static void restart() throws IOException {
        server.restart();
        app = deployed();
    }

    // ---- a call at the gate

    /** The path {@code /call} is a transaction that has staged something before; {@code more} are parameters. */
    private Background<RestAnswer> atGate(String path, String function, String more) {
        Background<RestAnswer> call = Background.of(() -> app.send(
                "POST",
                path + "?source=SerpentryDS&session=" + session + "&function=notebook." + function + "&begun=" + begun
                        + "&proceed=" + proceed + more));
        Await.until("it waits at the gate", () -> Files.exists(begun));
        return call;
    }

    private static final String BACKENDS = " from pg_stat_activity where datname = current_database()"
            + " and backend_type = 'client backend' and pid <> pg_backend_pid()";

    private static final String LOCKS = " from pg_locks l left join pg_class c on c.oid = l.relation"
            + " where l.pid in (select pid" + BACKENDS + ") and locktype <> 'virtualxid'";

    /** The sweeper may be at work just now, for a moment. */
    private static void awaitNone(String what, String sql) {
        Await.until(what, () -> count("select count(*)" + sql) == 0);
    }

    @Test
    void aCallThatTakesLongMustHoldNothingInTheDatabase() throws Exception {
        Background<RestAnswer> call = atGate("/call", "wait_at_gate", "");

        awaitNone("no backend is in a transaction", BACKENDS + " and state <> 'idle'");
        awaitNone("there is no lock", LOCKS);
        Await.until(
                "no connection is in use", () -> app.text("GET", "/connections").equals("0"));

        Files.createFile(proceed);
        assertThat(call.value().status()).isEqualTo(200);
        assertThat(count("select count(*) from serpentry_entry where session_id = '" + session + "'"))
                .isOne();
    }

    @Test
    void aCallThatTakesLongMustHoldNoMoreThanItsCallerHas() throws Exception {
        Background<RestAnswer> call = atGate("/call", "wait_at_gate", "&n=1");

        Await.until(
                "only the caller's backend is in a transaction",
                () -> count("select count(*)" + BACKENDS + " and state <> 'idle'") == 1);
        awaitNone(
                "there are only the locks of its row",
                LOCKS + " and relation is not null and relname not like 'booking%'");
        assertThat(count("select count(*)" + LOCKS + " and relname = 'booking'"))
                .isOne();
        Await.until("only the caller's connection is in use", () -> app.text("GET", "/connections")
                .equals("1"));

        Files.createFile(proceed);
        assertThat(call.value().status()).isEqualTo(200);
    }

    // ---- the database goes away

    /** Java stores an entry with a content that neither a worker nor the server's cache of contents has met. */
    private void assertRefusedWithoutATrace(String path, String function, String more) throws Exception {
        int n = ThreadLocalRandom.current().nextInt(1000, Integer.MAX_VALUE);
        app.text("PUT", "/stored?source=SerpentryDS&session=" + session + "&n=" + n);
        Background<RestAnswer> call = atGate(path, function, "&name=n" + n + "&journal=" + journal + more);

        POSTGRES.stopImmediately();
        RestAnswer refused;
        try {
            Files.createFile(proceed);
            refused = call.value();
        } finally {
            POSTGRES.restart();
        }
        Await.until("the store is back", () -> app.send("GET", bookings).status() == 200);

        assertThat(Files.readAllLines(journal))
                .containsExactly("STORE_UNAVAILABLE true io.serpentry.session.StoreUnavailableException");
        assertThat(refused.status()).as(refused.body()).isEqualTo(409);
        assertThat(refused.body()).startsWith("PYTHON_RAISED PythonRaisedException<StoreUnavailableException");
        assertThat(app.text("GET", bookings)).isEqualTo(n + "\n" + n + "\n1");
    }

    @Test
    void aStoreThatIsGoneWhenPythonReadsMustBeToldAndTheTransactionLeaveNoTrace() throws Exception {
        assertRefusedWithoutATrace("/call", "read_at_gate", "&n=2");
    }

    @Test
    void aStoreThatIsGoneWhenPythonSavesMustBeToldAndTheTransactionLeaveNoTrace() throws Exception {
        assertRefusedWithoutATrace("/call", "save_at_gate", "");
    }

    @Test
    void aStoreThatIsGoneWhenPythonReadsMustBeToldWithoutATransactionToo() throws Exception {
        assertRefusedWithoutATrace("/plain", "read_at_gate", "");
    }

    @Test
    void aStoreThatIsGoneWhenPythonSavesMustBeToldWithoutATransactionToo() throws Exception {
        assertRefusedWithoutATrace("/plain", "save_at_gate", "");
    }

    // ---- the server goes away

    /** Some that run until the server is gone, and others that have ended in each way. */
    private List<Background<RestAnswer>> anonymousCalls() throws Exception {
        List<Background<RestAnswer>> running = IntStream.range(0, 2)
                .mapToObj(i -> anonymous("append_slowly&text=x&begun=" + begun + i + "&proceed=" + proceed))
                .toList();
        IntStream.range(0, 2).forEach(i -> Await.until("it runs", () -> Files.exists(Path.of(begun.toString() + i))));
        assertThat(anonymous("append&text=x").value().status()).isEqualTo(200);
        assertThat(anonymous("wait_at_gate&timeout=PT0.2S&begun=" + journal + "&proceed=" + proceed)
                        .value()
                        .body())
                .startsWith("CALL_TIMEOUT");
        assertThat(anonymous("write_and_fail&name=x&value=x").value().body()).startsWith("PYTHON_RAISED");
        return running;
    }

    private static long temporarySessions() {
        return count("select count(*) from serpentry_session where kind = 1");
    }

    private static Background<RestAnswer> anonymous(String call) {
        return Background.of(() -> app.send("POST", "/anonymous?function=notebook." + call));
    }

    /** The session and text of each note of a hook. */
    private static List<String> operations() {
        return RestUser.admin(server).get("/api/v1/operations").items().stream()
                .map(operation -> operation.getString("session") + " " + operation.getString("description"))
                .toList();
    }

    private RestAnswer inTransaction(String function, String description) {
        return app.send(
                "POST",
                "/call?source=SerpentryDS&session=" + session + "&function=notebook." + function + "&description="
                        + description);
    }

    @Test
    void aNoteOfAHookMustGoWhenTheHookHasRun() {
        assertThat(inTransaction("keep", "kept").status()).isEqualTo(200);

        assertThat(operations()).isEmpty();
        assertThat(count("select count(*) from serpentry_entry where session_id = '" + session + "'"))
                .isOne();
    }

    @Test
    void aNoteOfAHookThatHasRaisedMustStayUntilSomebodyDeletesIt() {
        RestUser admin = RestUser.admin(server);
        assertThat(inTransaction("keep_and_fail", "failed").status()).isEqualTo(200);

        assertThat(operations()).containsExactly(session + " failed");

        JsonObject operation = admin.get("/api/v1/operations").items().get(0);
        assertThat(Shape.of(operation))
                .isEqualTo(
                        "{id: string, session: string, description: string, at: instant, by: string, server: string}");
        String id = operation.getString("id");
        assertThat(admin.get("/api/v1/operations/" + id).json()).isEqualTo(operation);
        assertThat(admin.delete("/api/v1/operations/" + id).status()).isEqualTo(204);
        admin.delete("/api/v1/operations/" + id).problem(404, "NOT_FOUND");
        assertThat(operations()).isEmpty();
        assertThat(count("select count(*) from serpentry_audit where action = 'dismiss' and principal = 'admin'"
                        + " and owner = 'desk' and session_id = '" + session + "' and detail = '" + id + ": failed'"))
                .isOne();
    }

    @Test
    void aNoteOfAHookMustBeRefusedWithoutATransactionOrADurableSession() throws Exception {
        assertThat(anonymous("keep&description=x").value().body()).contains("needs a transaction");
        assertThat(app.send("POST", "/plain?session=" + session + "&function=notebook.keep&description=x")
                        .body())
                .contains("needs a transaction");
        assertThat(operations()).isEmpty();
    }

    @Test
    void aNoteOfAHookMustBeALineOfText() {
        for (String description : List.of("", "a%0Ab", "a%00b", "x".repeat(501))) {
            assertThat(inTransaction("keep", description).body())
                    .startsWith("PYTHON_RAISED")
                    .contains("description");
        }
        assertThat(operations()).isEmpty();
    }

    @Test
    void aKillMustLeaveTheNotesOfHooksIfTheirTransactionWasCommittedAndNoTemporarySession() throws Exception {
        List<Background<RestAnswer>> anonymous = anonymousCalls();
        assertThat(temporarySessions())
                .as("temporary sessions, while calls run")
                .isZero();
        String other = session + "-other";
        app.text("PUT", "/bookings?source=SerpentryDS&session=" + other);
        Background<RestAnswer> committed = atGate("/call", "keep_until", "&n=1&description=late");
        Path second = directory.resolve("second");
        Background<RestAnswer> prepared = Background.of(() -> app.send(
                "POST",
                "/call?source=SerpentryDS&session=" + other
                        + "&n=1&function=notebook.keep_after&description=early&begun=" + second + "&proceed="
                        + proceed));
        Await.until("the other waits before its commit", () -> Files.exists(second));

        server.kill();
        assertThat(committed.outcome()).isNotNull();
        assertThat(prepared.outcome()).isNotNull();
        assertThat(anonymous).allSatisfy(call -> assertThat(call.outcome()).isNotNull());
        restart();

        assertThat(temporarySessions()).as("temporary sessions").isZero();
        assertThat(operations()).containsExactly(session + " late");
        assertThat(server.log())
                .filteredOn(line -> line.contains("SERP00312"))
                .singleElement()
                .asString()
                .contains(session, "late");
        assertThat(count("select count(*) from booking where session = '" + session + "'"))
                .isOne();
        assertThat(count("select count(*) from booking where session = '" + other + "'"))
                .isZero();
        assertThat(transactionRecords()).doesNotExist();
        POSTGRES.execute(DATABASE, "delete from serpentry_operation");
    }

    // ---- the application goes away

    @Test
    void theClassesOfAnApplicationMustGoWithIt() throws Exception {
        server.stop();
        server.restart();
        occupyEveryThread();
        app = deployed();
        app.text("POST", bookings + "&n=1");
        app.text("POST", bookings + "&n=3");
        anonymous("append&text=x").value();
        String name = PythonBookings.class.getName() + "/";
        assertThat(jcmd("VM.class_hierarchy")).contains(name);

        app.undeploy();
        try {
            Await.until("its classes are gone", () -> {
                occupyEveryThread();
                jcmd("GC.run");
                return !jcmd("VM.class_hierarchy").contains(name);
            });
        } finally {
            app = deployed();
        }
    }

    /**
     * As long as a thread of the container lives, its stack holds the first request that it has served, and the last one: these wait for a
     * worker, so that each thread has one of them.
     */
    private static void occupyEveryThread() {
        String call = "{\"function\": \"probe.sleep\", \"arguments\": {\"seconds\": 0.1}}";
        List<Background<RestAnswer>> requests = IntStream.range(0, MOST_THREADS)
                .mapToObj(i -> Background.of(() -> RestUser.admin(server).call(call)))
                .toList();
        assertThat(requests).allSatisfy(request -> assertThat(request.outcome()).isNull());
    }

    private static String jcmd(String command) {
        try {
            Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(server.pid()), command)
                    .redirectErrorStream(true)
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
