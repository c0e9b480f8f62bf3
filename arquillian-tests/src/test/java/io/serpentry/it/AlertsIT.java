// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Samples;
import io.serpentry.testkit.ServerVariables;
import io.serpentry.testkit.WebhookServer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one database with low thresholds: each alert is raised and cleared by the deed that it describes. */
@Tag("core")
class AlertsIT {

    private static final String ALERTS = "/api/v1/alerts";
    private static final String SECRET = "Bearer webhook-secret-4711";
    private static final String OPTIONS = "-Xmx512m -Dserpentry.alert.interval=PT0.2S -Dserpentry.alert.window=PT2S"
            + " -Dserpentry.alert.callP99.threshold=0.4 -Dserpentry.alert.callP99.for=PT0S"
            + " -Dserpentry.alert.errorRatio.threshold=0.5 -Dserpentry.alert.errorRatio.for=PT0S"
            + " -Dserpentry.alert.conflicts.threshold=0 -Dserpentry.alert.conflicts.for=PT0S"
            + " -Dserpentry.alert.sweepBacklog.threshold=2 -Dserpentry.alert.sweepBacklog.for=PT0S"
            + " -Dserpentry.alert.workerMemory.threshold=150000000 -Dserpentry.alert.workerMemory.for=PT0S"
            + " -Dserpentry.alert.workerRestarts.threshold=0 -Dserpentry.alert.workerRestarts.for=PT0S"
            + " -Dserpentry.alert.poolWaiting.threshold=0 -Dserpentry.alert.poolWaiting.for=PT0.5S";

    private static final PostgresServer POSTGRES = PostgresServer.start(Map.of("fsync", "off"));
    private static final String DATABASE = POSTGRES.createDatabase();

    private static WebhookServer webhook;
    private static RunningServer server;
    private static RunningServer other;
    private static RestUser admin;

    private final String session = "alerts-" + UUID.randomUUID();

    @TempDir
    Path gates;

    @BeforeAll
    static void start() throws IOException {
        webhook = WebhookServer.start();
        Map<String, String> variables = ServerVariables.of(
                POSTGRES,
                DATABASE,
                Map.of(
                        "SERPENTRY_SESSION_SWEEP_INTERVAL",
                        "PT1S",
                        "SERPENTRY_ALERT_WEBHOOK_SECRET",
                        SECRET,
                        "JAVA_OPTS",
                        OPTIONS + " -Dserpentry.alert.webhook.url=" + webhook.url()));
        server = RunningServer.launch(6400, variables, "--workers", "2");
        other = RunningServer.launch(6500, variables, "--workers", "1");
        server.awaitReady();
        other.awaitReady();
        admin = RestUser.admin(server);
    }

    @AfterAll
    static void stop() {
        try (PostgresServer postgres = POSTGRES;
                RunningServer first = server;
                RunningServer second = other;
                WebhookServer hook = webhook) {
            assertThat(List.of(postgres, first, second, hook)).doesNotContainNull();
        }
    }

    @AfterEach
    void rest() {
        Await.until("no alert is open", () -> open().isEmpty());
    }

    private static List<JsonObject> all() {
        return admin.get(ALERTS + "?limit=500").items();
    }

    private static List<JsonObject> open() {
        return all().stream()
                .filter(alert -> alert.getString("state").equals("open"))
                .toList();
    }

    private static Set<String> ids(String rule) {
        return all().stream()
                .filter(alert -> alert.getString("rule").equals(rule))
                .map(alert -> alert.getString("id"))
                .collect(Collectors.toSet());
    }

    /** The alert of that rule that was raised after those. */
    private static JsonObject awaitRaised(String rule, Set<String> before) {
        Await.until(rule + " is raised", () -> !before.containsAll(ids(rule)));
        return all().stream()
                .filter(alert -> alert.getString("rule").equals(rule))
                .filter(alert -> !before.contains(alert.getString("id")))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitCleared(String id) {
        Await.until(
                "alert " + id + " is cleared", () -> find(id).getString("state").equals("cleared"));
    }

    private static JsonObject find(String id) {
        return all().stream()
                .filter(alert -> alert.getString("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<WebhookServer.Post> posts(String type, String id) {
        return webhook.posts().stream()
                .filter(post -> post.document().getString("type").equals(type))
                .filter(post -> post.document().getString("id").equals(id))
                .toList();
    }

    private static long events(String type, String id) {
        return POSTGRES.query(
                DATABASE,
                "select count(*) from serpentry_event where type = '%s' and data like '%%%s%%'".formatted(type, id),
                Long.class);
    }

    private static RestAnswer call(String function, String arguments) {
        return admin.call("{\"function\": \"%s\", \"arguments\": %s}".formatted(function, arguments));
    }

    private RestAnswer inSession(String function, String arguments) {
        return admin.call("{\"function\": \"%s\", \"session\": \"%s\", \"arguments\": %s}"
                .formatted(function, session, arguments));
    }

    private static long logged(RunningServer where, String text) throws IOException {
        return where.log().stream().filter(line -> line.contains(text)).count();
    }

    @Test
    void slowCallsMustRaiseAnAlertThatIsClearedWhenTheyAreOver() throws IOException {
        Set<String> before = ids("callP99");

        call("hello.sleep", "{\"seconds\": 0.7}").json();

        JsonObject alert = awaitRaised("callP99", before);
        assertThat(alert.getString("subject")).isEqualTo("default");
        assertThat(alert.getString("server")).isEqualTo("serpentry-6400");
        assertThat(alert.getJsonNumber("value").doubleValue()).isBetween(0.7, 30.0);
        assertThat(alert.getJsonNumber("threshold").doubleValue()).isEqualTo(0.4);
        assertThat(alert.getString("message")).contains("99th percentile of calls in pool default");
        String id = alert.getString("id");
        awaitCleared(id);
        // It is stored first, then logged, and the webhook is the last to hear of it.
        Await.until("the webhook knows", () -> !posts("alert.cleared", id).isEmpty());
        assertThat(logged(server, "SERP00380: Alert callP99 " + id)).isEqualTo(1);
        assertThat(logged(server, "SERP00381: Alert callP99 " + id)).isEqualTo(1);
        assertThat(posts("alert.raised", id)).hasSize(1);
    }

    @Test
    void failuresOfPythonMustRaiseAnAlert() {
        Set<String> before = ids("errorRatio");

        call("probe.fail", "{\"text\": \"on purpose\"}").problem(422, "PYTHON_RAISED");

        awaitCleared(awaitRaised("errorRatio", before).getString("id"));
    }

    @Test
    void conflictsMustRaiseAnAlert() throws Exception {
        Set<String> before = ids("conflicts");
        admin.post("/api/v1/sessions", "{\"id\": \"" + session + "\"}").json(201);
        Path begun = gates.resolve("begun");
        Path proceed = gates.resolve("proceed");
        Background<RestAnswer> slow = Background.of(() -> inSession(
                "notebook.append_slowly",
                "{\"text\": \"mine\", \"begun\": \"%s\", \"proceed\": \"%s\"}".formatted(begun, proceed)));
        Await.until("it has read", () -> Files.exists(begun));
        inSession("notebook.append", "{\"text\": \"theirs\"}").json();
        Files.createFile(proceed);
        slow.value().problem(409, "SESSION_CONFLICT");

        awaitCleared(awaitRaised("conflicts", before).getString("id"));
    }

    @Test
    void aWorkerThatIsRestartedMustRaiseAnAlert() {
        Set<String> before = ids("workerRestarts");

        Processes.signal(
                "KILL",
                admin.get("/api/v1/workers").items().get(0).getJsonNumber("pid").longValue());

        awaitCleared(awaitRaised("workerRestarts", before).getString("id"));
    }

    @Test
    void aWorkerThatGrowsMustRaiseAnAlertUntilItIsReplaced() {
        Set<String> before = ids("workerMemory");

        JsonObject answer = call("probe.hoard", "{\"size\": 200000000}").json();

        JsonObject alert = awaitRaised("workerMemory", before);
        assertThat(alert.getJsonNumber("value").longValue())
                .as("over its threshold, while it still grows")
                .isGreaterThan(150_000_000);
        Processes.signal(
                "KILL", answer.getJsonObject("worker").getJsonNumber("pid").longValue());
        awaitCleared(alert.getString("id"));
    }

    @Test
    void thoseWhoWaitForAWorkerMustRaiseAnAlert() throws Exception {
        Set<String> before = ids("poolWaiting");
        Path proceed = gates.resolve("proceed");
        List<Background<RestAnswer>> calls = List.of(gated(proceed), gated(proceed), gated(proceed));

        JsonObject alert = awaitRaised("poolWaiting", before);
        assertThat(alert.getString("state")).isEqualTo("open");
        Files.createFile(proceed);
        for (Background<RestAnswer> call : calls) {
            call.value().json();
        }

        awaitCleared(alert.getString("id"));
    }

    private Background<RestAnswer> gated(Path proceed) {
        Path begun = gates.resolve("begun-" + UUID.randomUUID());
        return Background.of(
                () -> call("probe.wait_for", "{\"started\": \"%s\", \"release\": \"%s\"}".formatted(begun, proceed)));
    }

    /** An entry that can not be read; both servers see it. */
    private JsonObject corrupt() {
        Set<String> before = ids("corruption");
        admin.post("/api/v1/sessions", "{\"id\": \"" + session + "\", \"entries\": {\"x\": [1]}}")
                .json(201);
        POSTGRES.execute(DATABASE, "update serpentry_entry set bytes = '' where session_id = '" + session + "'");
        admin.get("/api/v1/sessions/" + session + "/entries/x").problem(500, "ENTRY_CORRUPT");
        return awaitRaised("corruption", before);
    }

    private void heal() {
        assertThat(admin.delete("/api/v1/sessions/" + session).status()).isEqualTo(204);
    }

    /** The sweep leaves alone what somebody holds. */
    @Test
    void expiredSessionsThatAreNotSweptMustRaiseAnAlert() throws SQLException {
        Set<String> before = ids("sweepBacklog");
        for (int i = 0; i < 3; i++) {
            admin.post("/api/v1/sessions", "{\"id\": \"%s-%d\", \"idleTimeout\": \"PT5S\"}".formatted(session, i))
                    .json(201);
        }
        try (Connection connection = POSTGRES.dataSource(DATABASE).getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertThat(rows(statement.executeQuery(
                            "select id from serpentry_session where id like '" + session + "-%' for update")))
                    .isEqualTo(3);

            JsonObject alert = awaitRaised("sweepBacklog", before);
            assertThat(alert.getString("server")).isEmpty();
            connection.rollback();
            awaitCleared(alert.getString("id"));
        }
    }

    private static int rows(ResultSet result) throws SQLException {
        int rows = 0;
        while (result.next()) {
            rows++;
        }
        return rows;
    }

    @Test
    void anAlertOfTheSharedStoreMustBeRaisedOnceAndBeSeenOnBothServers() throws IOException {
        JsonObject alert = corrupt();
        String id = alert.getString("id");
        assertThat(alert.getString("server")).isEmpty();

        Await.until(
                "the other server counts it",
                () -> Samples.of(other).sum("serpentry_alerts_open", "rule", "corruption") == 1);
        assertThat(RestUser.admin(other).get(ALERTS).items())
                .anyMatch(seen -> seen.getString("id").equals(id));
        heal();
        awaitCleared(id);

        Await.until("the webhook knows", () -> !posts("alert.cleared", id).isEmpty());
        assertThat(posts("alert.raised", id)).hasSize(1);
        Await.until("the event log has it", () -> events("alert.cleared", id) == 1);
        assertThat(events("alert.raised", id)).isEqualTo(1);
        assertThat(logged(server, "SERP00380: Alert corruption " + id)
                        + logged(other, "SERP00380: Alert corruption " + id))
                .isEqualTo(1);
    }

    @Test
    void anAlertMustBeKeptWhenItsServerIsRestarted() throws IOException {
        JsonObject alert = corrupt();
        String id = alert.getString("id");
        Set<String> raised = ids("corruption");

        server.stop();
        server.restart();

        assertThat(find(id).getString("state")).isEqualTo("open");
        Await.until(
                "it is looked at again",
                () -> Samples.of(server).sum("serpentry_alerts_open", "rule", "corruption") == 1);
        assertThat(ids("corruption")).isEqualTo(raised);
        heal();
        awaitCleared(id);
    }

    @Test
    void anOutageOfTheDatabaseMustBeAnnouncedAtOnceAndBeKeptAfterIt() {
        Set<String> before = ids("circuit");

        POSTGRES.stopImmediately();
        try {
            Await.until(
                    "the webhook knows of both servers",
                    () -> webhook.posts().stream()
                                    .map(WebhookServer.Post::document)
                                    .filter(post -> post.getString("rule").equals("circuit"))
                                    .filter(post -> !before.contains(post.getString("id")))
                                    .map(post -> post.getString("server"))
                                    .distinct()
                                    .count()
                            == 2);
        } finally {
            POSTGRES.restart();
        }
        Await.until(
                "the store is back",
                () -> admin.get(ALERTS).status() == 200
                        && RestUser.admin(other).get(ALERTS).status() == 200
                        && Samples.of(server).sum("serpentry_store_circuit_state") == 0
                        && Samples.of(other).sum("serpentry_store_circuit_state") == 0);

        String id = awaitRaised("circuit", before).getString("id");
        awaitCleared(id);
        Await.until("the webhook knows", () -> !posts("alert.cleared", id).isEmpty());
    }

    @Test
    void aWebhookThatFailsMustBeAskedAgain() {
        double told = Samples.of(server).sum("serpentry_alert_webhook_total", "outcome", "ok");
        webhook.fail(2, "errorRatio");
        Set<String> before = ids("errorRatio");

        call("probe.fail", "{\"text\": \"on purpose\"}").problem(422, "PYTHON_RAISED");

        String id = awaitRaised("errorRatio", before).getString("id");
        Await.until("it is told", () -> posts("alert.raised", id).stream().anyMatch(WebhookServer.Post::taken));
        assertThat(posts("alert.raised", id)).hasSize(3);
        assertThat(posts("alert.raised", id))
                .allMatch(post -> post.authorization().equals(SECRET));
        Await.until(
                "it is counted", () -> Samples.of(server).sum("serpentry_alert_webhook_total", "outcome", "ok") > told);
        awaitCleared(id);
    }

    @Test
    void aWebhookThatFailsAgainAndAgainMustBeLoggedAndCountedWithoutItsSecret() throws IOException {
        double failed = Samples.of(server).sum("serpentry_alert_webhook_total", "outcome", "failed");
        webhook.fail(5, "errorRatio");
        Set<String> before = ids("errorRatio");

        call("probe.fail", "{\"text\": \"on purpose\"}").problem(422, "PYTHON_RAISED");

        String id = awaitRaised("errorRatio", before).getString("id");
        Await.until(
                "it is counted",
                () -> Samples.of(server).sum("serpentry_alert_webhook_total", "outcome", "failed") == failed + 1);
        assertThat(posts("alert.raised", id)).hasSize(5).noneMatch(WebhookServer.Post::taken);
        assertThat(logged(server, "SERP00384: The webhook was not told that alert " + id + " was raised"))
                .isEqualTo(1);
        assertThat(logged(server, "webhook-secret")).isZero();
        awaitCleared(id);
    }

    @Test
    void anAlertMustBeAcknowledgedByAnOperatorOnce() {
        RestUser viewer = RestUser.added(server, "alerts-viewer", "viewer");
        RestUser operator = RestUser.added(server, "alerts-operator", "operator");
        JsonObject alert = corrupt();
        String acknowledge = ALERTS + "/" + alert.getString("id") + "/acknowledge";

        viewer.post(acknowledge, "").problem(403, "FORBIDDEN");
        JsonObject first = operator.post(acknowledge, "{\"reason\": \"seen\"}").json();
        JsonObject second = admin.post(acknowledge, "").json();

        assertThat(first.getString("acknowledgedBy")).isEqualTo("alerts-operator");
        assertThat(first.getString("state")).isEqualTo("open");
        assertThat(second).isEqualTo(first);
        assertThat(admin.get("/api/v1/audit?filter=action:acknowledge,principal:alerts-operator")
                        .items())
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.getString("subject")).isEqualTo("alert " + alert.getString("id"));
                    assertThat(row.getString("reason")).isEqualTo("seen");
                    assertThat(row.getString("detail")).startsWith("corruption: ");
                });
        assertThat(viewer.get(ALERTS).items()).contains(first);
        admin.post(ALERTS + "/nope/acknowledge", "").problem(404, "NOT_FOUND");
        RestUser.anonymous(server).get(ALERTS).problem(401, "FORBIDDEN");
        heal();
    }

    @Test
    void alertsMustBeListedPageByPageTheLatestFirst() {
        Set<String> before = ids("errorRatio");
        call("probe.fail", "{\"text\": \"on purpose\"}").problem(422, "PYTHON_RAISED");
        awaitCleared(awaitRaised("errorRatio", before).getString("id"));
        Set<String> again = ids("errorRatio");
        call("probe.fail", "{\"text\": \"on purpose\"}").problem(422, "PYTHON_RAISED");
        awaitCleared(awaitRaised("errorRatio", again).getString("id"));

        JsonObject first = admin.get(ALERTS + "?limit=1").json();
        JsonObject second =
                admin.get(ALERTS + "?limit=1&cursor=" + first.getString("next")).json();

        assertThat(first.getJsonArray("items").getJsonObject(0).getString("id"))
                .isGreaterThan(second.getJsonArray("items").getJsonObject(0).getString("id"));
        admin.get(ALERTS + "?limit=0").problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void settingsThatAreWrongMustBeNamedAtTheStart() throws IOException {
        Map<String, String> variables = Map.of(
                "SERPENTRY_ALERT_INTERVAL",
                "0",
                "JAVA_OPTS",
                "-Xmx512m -Dserpentry.alert.callP99.threshold=slow -Dserpentry.alert.webhook.url=ftp://host"
                        + " -Dserpentry.alert.callP98.threshold=1 -Dserpentry.alert.circuit.enabled=perhaps");

        try (RunningServer wrong = RunningServer.launch(6600, variables, "--workers", "1")) {
            wrong.awaitEnd();

            assertThat(wrong.output())
                    .contains("Serpentry could not be deployed")
                    .contains("serpentry.alert.interval = \"0\" (from EnvConfigSource) must be PT0.1S to PT1H")
                    .contains("serpentry.alert.callP99.threshold = \"slow\"")
                    .contains("serpentry.alert.webhook.url = \"ftp://host\"")
                    .contains(
                            "serpentry.alert.circuit.enabled = \"perhaps\" (from SysPropConfigSource) must be true or false")
                    .contains("serpentry.alert.callP98.threshold (from SysPropConfigSource) is no setting");
        }
    }
}
