// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.JbossCli;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Samples;
import io.serpentry.testkit.ServerVariables;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each metric is moved by the deed that it describes. */
@Tag("core")
class MonitoringIT {

    private static final PostgresServer POSTGRES = PostgresServer.start(Map.of("fsync", "off"));
    private static final String DATABASE = POSTGRES.createDatabase();

    private static Path module;
    private static RunningServer server;
    private static RestUser admin;

    private final String session = "monitored-" + UUID.randomUUID();

    @TempDir
    Path gates;

    @BeforeAll
    static void start(@TempDir Path modules) throws IOException {
        module = modules.resolve("fragile.py");
        repair();
        Map<String, String> variables = ServerVariables.of(
                POSTGRES,
                DATABASE,
                Map.of(
                        "SERPENTRY_SESSION_SWEEP_INTERVAL",
                        "PT1S",
                        "JAVA_OPTS",
                        "-Xmx512m -Dserpentry.pool.blockingTimeoutMillis=5000 -Dserpentry.pool.validationMillis=1000"
                                + " -Dserpentry.alert.interval=PT0.2S -Dserpentry.alert.poolDown.for=PT0S"));
        String root = System.getProperty("serpentry.root");
        String all = String.join(
                ":", modules.toString(), root + "/examples/python", root + "/resource-adapter/rar/src/test/python");
        server = RunningServer.start(6300, variables, "--workers", "2", "--modules", all);
        admin = RestUser.admin(server);
    }

    @AfterAll
    static void stop() {
        try (PostgresServer postgres = POSTGRES;
                RunningServer running = server) {
            assertThat(postgres).isNotNull();
            assertThat(running).isNotNull();
        }
    }

    @AfterEach
    void rest() {
        Await.until(
                "two workers are idle",
                Duration.ofSeconds(60),
                () -> samples().sum("serpentry_pool_workers", "state", "idle") == 2
                        && samples().sum("serpentry_pool_workers") == 2);
    }

    private static void repair() throws IOException {
        Files.writeString(module, "from serpentry import Module\n\nfragile = Module(\"fragile\")\n");
    }

    private static Samples samples() {
        return Samples.of(server);
    }

    private static void awaitMore(String name, double than, String... labels) {
        Await.until(name + " rises over " + than, () -> samples().sum(name, labels) > than);
    }

    private static List<Long> pids() {
        return admin.get("/api/v1/workers").items().stream()
                .map(worker -> worker.getJsonNumber("pid").longValue())
                .toList();
    }

    private static RestAnswer call(String function, String arguments) {
        return admin.call("{\"function\": \"%s\", \"arguments\": %s}".formatted(function, arguments));
    }

    /** A call that runs when this returns, until {@code proceed} is there. */
    private Background<RestAnswer> gated(Path proceed) {
        Path begun = gates.resolve("begun-" + UUID.randomUUID());
        Background<RestAnswer> call = Background.of(
                () -> call("probe.wait_for", "{\"started\": \"%s\", \"release\": \"%s\"}".formatted(begun, proceed)));
        Await.until("the call runs", () -> Files.exists(begun));
        return call;
    }

    // ---- calls

    @Test
    void aCallMustBeTimedByItsOutcomeAndItsWaitToo() {
        Samples before = samples();

        call("hello.greet", "{\"name\": \"Ada\"}").json();
        call("probe.fail", "{\"text\": \"on purpose\"}").problem(422, "PYTHON_RAISED");
        call("hello.nothing", "{}").problem(404, "UNKNOWN_FUNCTION");

        Samples after = samples();
        for (String outcome : List.of("ok", "python_raised", "unknown_function")) {
            assertThat(after.sum("serpentry_call_seconds_count", "pool", "default", "outcome", outcome))
                    .as(outcome)
                    .isEqualTo(before.sum("serpentry_call_seconds_count", "outcome", outcome) + 1);
        }
        assertThat(after.sum("serpentry_pool_wait_seconds_count", "pool", "default", "outcome", "ok"))
                .isGreaterThanOrEqualTo(before.sum("serpentry_pool_wait_seconds_count", "outcome", "ok") + 3);
    }

    @Test
    void theDurationOfACallMustBeMeasured() throws Exception {
        double before = samples().sum("serpentry_call_seconds_sum", "outcome", "ok");

        call("hello.sleep", "{\"seconds\": 0.5}").json();

        assertThat(samples().sum("serpentry_call_seconds_sum", "outcome", "ok")).isGreaterThan(before + 0.5);
    }

    @Test
    void aTimeoutMustEndAWorkerAndAnotherRecoverThePool() {
        Samples before = samples();

        admin.call("{\"function\": \"hello.sleep\", \"arguments\": {\"seconds\": 60}, \"timeout\": \"PT0.2S\"}")
                .problem(504, "CALL_TIMEOUT");

        Samples after = samples();
        assertThat(after.sum("serpentry_call_seconds_count", "outcome", "call_timeout"))
                .isEqualTo(before.sum("serpentry_call_seconds_count", "outcome", "call_timeout") + 1);
        assertThat(after.sum("serpentry_worker_ends_total", "pool", "default", "cause", "timeout"))
                .isEqualTo(before.sum("serpentry_worker_ends_total", "cause", "timeout") + 1);
        awaitMore(
                "serpentry_worker_starts_total",
                before.sum("serpentry_worker_starts_total", "reason", "recovery"),
                "pool",
                "default",
                "reason",
                "recovery");
    }

    @Test
    void aWorkerThatIsKilledMustBeLostAndReplaced() {
        Samples before = samples();
        double lost = before.sum("serpentry_worker_ends_total", "cause", "lost");
        double recovered = before.sum("serpentry_worker_starts_total", "reason", "recovery");

        Processes.signal("KILL", pids().get(0));

        awaitMore("serpentry_worker_ends_total", lost, "cause", "lost");
        awaitMore("serpentry_worker_starts_total", recovered, "reason", "recovery");
    }

    @Test
    void aRequestThatGetsNoConnectionMustWaitAndBeCounted() throws Exception {
        Path proceed = gates.resolve("proceed");
        double refused = samples().sum("serpentry_pool_wait_seconds_count", "outcome", "workers_exhausted");
        Background<RestAnswer> first = gated(proceed);
        Background<RestAnswer> second = gated(proceed);

        Background<RestAnswer> third = Background.of(() -> call("hello.greet", "{\"name\": \"Ada\"}"));
        awaitMore("serpentry_pool_waiting", 0, "pool", "default");
        third.value().problem(503, "WORKERS_EXHAUSTED");
        Files.createFile(proceed);
        first.value().json();
        second.value().json();

        assertThat(samples().sum("serpentry_pool_wait_seconds_count", "outcome", "workers_exhausted"))
                .isEqualTo(refused + 1);
        assertThat(samples().sum("serpentry_pool_waiting")).isZero();
        assertThat(samples().sum("serpentry_pool_connections_max", "pool", "default"))
                .isEqualTo(2);
    }

    @Test
    void aPoolThatCanStartNoWorkerMustBeDownUntilItCan() throws IOException {
        double failures = samples().sum("serpentry_worker_start_failures_total");
        Files.writeString(module, "raise RuntimeError('broken on purpose')\n");
        try {
            pids().forEach(pid -> Processes.signal("KILL", pid));

            awaitMore("serpentry_worker_start_failures_total", failures, "pool", "default");
            awaitMore("serpentry_pool_state", 1, "pool", "default");
            Await.until("an alert is raised", () -> isOpen("poolDown"));
            JsonObject pools = check(health("ready", 503), "serpentry.pools");
            assertThat(pools.getString("status")).isEqualTo("DOWN");
            assertThat(pools.getJsonObject("data").getString("default"))
                    .startsWith("down: No worker lives. The last start failed: ")
                    .contains("broken on purpose");
        } finally {
            repair();
        }
        Await.until("it is no longer down", () -> samples().sum("serpentry_pool_state") < 2);
        Await.until("the alert is cleared", () -> !isOpen("poolDown"));
        assertThat(check(health("ready", 200), "serpentry.pools").getString("status"))
                .isEqualTo("UP");
    }

    private static boolean isOpen(String rule) {
        return admin.get("/api/v1/alerts?limit=500").items().stream()
                .filter(alert -> alert.getString("rule").equals(rule))
                .anyMatch(alert -> alert.getString("state").equals("open"));
    }

    // ---- health

    private static JsonObject health(String kind, int status) {
        return admin.get("/api/v1/health/" + kind).json(status);
    }

    private static JsonObject check(JsonObject health, String name) {
        return health.getJsonArray("checks").getValuesAs(JsonObject.class).stream()
                .filter(check -> check.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Status and body of MicroProfile Health on the management port, which answers while the server is suspended. */
    private static String managementHealth(String kind) {
        URI uri = URI.create("http://localhost:" + server.managementPort() + "/health/" + kind);
        HttpResponse<String> answer =
                server.send(HttpRequest.newBuilder(uri).GET().build());
        return answer.statusCode() + " " + answer.body();
    }

    @Test
    void healthMustTellTheStateOfPoolsStoreAndSessions() {
        create("PT1H");
        Await.until("it is sampled", () -> samples().sum("serpentry_sessions", "kind", "durable") > 0);

        JsonObject health = RestUser.added(server, "health-viewer", "viewer")
                .get("/api/v1/health")
                .json();

        assertThat(health.getString("status")).isEqualTo("UP");
        JsonObject pools = check(health, "serpentry.pools").getJsonObject("data");
        assertThat(pools.getString("default")).matches("(up|degraded): .*2 workers serve.*");
        JsonObject store = check(health, "serpentry.store").getJsonObject("data");
        assertThat(store.getString("circuit")).isEqualTo("closed");
        assertThat(store.getString("adapter")).startsWith("PostgreSQL ");
        assertThat(store.getString("schemaVersion"))
                .isEqualTo(
                        check(health, "serpentry.schema").getJsonObject("data").getString("version"))
                .isNotEmpty();
        assertThat(store.getInt("sweepAgeSeconds")).isBetween(0, 60);
        assertThat(store.getInt("durableSessions")).isPositive();
    }

    @Test
    void healthMustBeForThoseWhoMaySeeTheServer() {
        RestUser.anonymous(server).get("/api/v1/health").problem(401, "FORBIDDEN");
        RestUser.added(server, "health-tourist", "tourist")
                .get("/api/v1/health")
                .problem(403, "FORBIDDEN");
        admin.get("/api/v1/health?wait=1").problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void aServerThatIsSuspendedMustNotBeReadyUntilItIsResumed() throws IOException {
        try {
            assertThat(JbossCli.run(server, ":suspend")).contains("success");
            assertThat(managementHealth("ready")).startsWith("503 ").contains("SUSPENDED");
            assertThat(admin.get("/api/v1/health/ready").status()).isEqualTo(503);
        } finally {
            assertThat(JbossCli.run(server, ":resume")).contains("success");
        }
        Await.until("it is ready", () -> managementHealth("ready").startsWith("200 "));
        assertThat(health("ready", 200).getString("status")).isEqualTo("UP");
    }

    // ---- sessions

    private void create(String idleTimeout) {
        create(session, idleTimeout);
    }

    private static void create(String id, String idleTimeout) {
        admin.post("/api/v1/sessions", "{\"id\": \"%s\", \"idleTimeout\": \"%s\"}".formatted(id, idleTimeout))
                .json(201);
    }

    private RestAnswer inSession(String function, String arguments) {
        return admin.call("{\"function\": \"%s\", \"session\": \"%s\", \"arguments\": %s}"
                .formatted(function, session, arguments));
    }

    @Test
    void aConflictMustBeCounted() throws Exception {
        create("PT1H");
        double before = samples().sum("serpentry_session_conflicts_total");
        Path begun = gates.resolve("begun");
        Path proceed = gates.resolve("proceed");
        Background<RestAnswer> slow = Background.of(() -> inSession(
                "notebook.append_slowly",
                "{\"text\": \"mine\", \"begun\": \"%s\", \"proceed\": \"%s\"}".formatted(begun, proceed)));
        Await.until("it has read", () -> Files.exists(begun));

        inSession("notebook.append", "{\"text\": \"theirs\"}").json();
        Files.createFile(proceed);
        slow.value().problem(409, "SESSION_CONFLICT");

        assertThat(samples().sum("serpentry_session_conflicts_total")).isEqualTo(before + 1);
        assertThat(samples().sum("serpentry_session_store_seconds_count", "operation", "save", "adapter", "jpa"))
                .isPositive();
        assertThat(samples().sum("serpentry_session_store_seconds_count", "outcome", "session_conflict"))
                .isPositive();
    }

    @Test
    void theLifeOfASessionMustBeCountedAndSampled() {
        Samples before = samples();
        double created = before.sum("serpentry_session_events_total", "kind", "durable", "event", "created");
        double expired = before.sum("serpentry_session_events_total", "kind", "durable", "event", "expired");
        double sessions = before.sum("serpentry_sessions", "kind", "durable");
        double entries = before.sum("serpentry_session_entries");

        create("PT1H");
        inSession("notebook.fill", "{\"name\": \"x\", \"size\": 100000}").json();

        awaitMore("serpentry_sessions", sessions, "kind", "durable");
        assertThat(samples().sum("serpentry_session_events_total", "kind", "durable", "event", "created"))
                .isEqualTo(created + 1);
        awaitMore("serpentry_session_entries", entries);
        awaitMore("serpentry_store_bytes", 99_999);
        assertThat(samples().sum("serpentry_session_age_seconds")).isPositive();
        // Not the one above: a call keeps its session until the call's deadline.
        create("brief-" + session, "PT1S");
        awaitMore("serpentry_session_events_total", expired, "kind", "durable", "event", "expired");
    }

    /** The sweep leaves alone what somebody holds. */
    @Test
    void anExpiredSessionThatIsNotSweptMustBeSampled() throws SQLException {
        create("PT5S");
        assertThat(samples().sum("serpentry_session_backlog")).isZero();
        try (Connection connection = POSTGRES.dataSource(DATABASE).getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertThat(statement
                            .executeQuery("select id from serpentry_session where id = '" + session + "' for update")
                            .next())
                    .isTrue();

            awaitMore("serpentry_session_backlog", 0);
            connection.rollback();
        }
        Await.until("it is swept", () -> samples().sum("serpentry_session_backlog") == 0);
    }

    @Test
    void anEndThatIsNotAnnouncedMustBeSampled() {
        long never = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();
        POSTGRES.execute(
                DATABASE,
                "insert into serpentry_outbox (session_id, owner, kind, reason, at, attempt_at)"
                        + " values ('%s', 'ada', 0, 0, %d, %d)".formatted(session, never, never));

        awaitMore("serpentry_session_undelivered_events", 0);
        POSTGRES.execute(DATABASE, "delete from serpentry_outbox where session_id = '" + session + "'");

        Await.until("it is gone", () -> samples().sum("serpentry_session_undelivered_events") == 0);
        assertThat(samples().all()).as("shown before anything was lost").anyMatch(sample -> sample.name()
                .equals("serpentry_events_lost_total"));
    }

    @Test
    void anEntryThatCanNotBeReadMustBeCountedAndSampled() {
        create("PT1H");
        inSession("notebook.write", "{\"name\": \"x\", \"value\": 1}").json();
        POSTGRES.execute(DATABASE, "update serpentry_entry set bytes = '' where session_id = '%s'".formatted(session));
        double before = samples().sum("serpentry_session_corrupt_reads_total");

        admin.get("/api/v1/sessions/" + session + "/entries/x").problem(500, "ENTRY_CORRUPT");

        assertThat(samples().sum("serpentry_session_corrupt_reads_total", "reason", "length"))
                .isGreaterThan(before);
        awaitMore("serpentry_session_quarantined_entries", 0);
        admin.delete("/api/v1/sessions/" + session);
        Await.until("it is gone", () -> samples().sum("serpentry_session_quarantined_entries") == 0);
    }

    @Test
    void theStopOfTheDatabaseMustShowInTheCircuitAndTheOutcomes() {
        create("PT1H");
        POSTGRES.stopImmediately();
        try {
            Await.until("the circuit is open", () -> {
                RestAnswer unused = admin.get("/api/v1/sessions");
                return samples().sum("serpentry_store_circuit_state", "store", "jpa") == 2;
            });
            assertThat(samples().sum("serpentry_session_store_seconds_count", "outcome", "store_unavailable"))
                    .isPositive();
            JsonObject store = check(health("ready", 503), "serpentry.store");
            assertThat(store.getString("status")).isEqualTo("DOWN");
            assertThat(store.getJsonObject("data").getString("circuit")).isIn("open", "half-open");
            assertThat(health("live", 200).getString("status")).isEqualTo("UP");
            assertThat(health("started", 200).getString("status")).isEqualTo("UP");
        } finally {
            POSTGRES.restart();
        }
        Await.until(
                "the circuit is closed",
                () -> admin.get("/api/v1/sessions").status() == 200
                        && samples().sum("serpentry_store_circuit_state") == 0);
        assertThat(check(health("ready", 200), "serpentry.store").getString("status"))
                .isEqualTo("UP");
        JsonObject found = admin.get("/api/v1/sessions/" + session).json();
        assertThat(found.getString("id")).isEqualTo(session);
    }
}
