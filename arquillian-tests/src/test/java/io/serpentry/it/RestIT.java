// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.EventListener;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestDocument;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Shape;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the REST interface serves, as docs/rest.md promises it. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestIT {

    private static final String AUDIT = "/api/v1/audit";
    private static final String MIGRATIONS = "/api/v1/migrations";
    private static final String EXAMPLE = "mig-4f44687c-333e-4f1c-b9cf-b76722845b35";
    private static final String MIGRATION = MIGRATIONS + "/" + EXAMPLE;
    private static final String OPERATIONS = "/api/v1/operations";
    private static final String POOLS = "/api/v1/pools";
    private static final String WORKERS = "/api/v1/workers";
    private static final String EVENTS = "/api/v1/events";
    private static final String METRICS = "/api/v1/metrics";
    private static final String SESSIONS = "/api/v1/sessions";
    private static final String CLAIM = SESSIONS + "/claim:17";

    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
        Await.until("the pool rests", () -> {
            JsonObject pool = pool();
            return pool.getInt("live") >= 2 && pool.getInt("busy") == 0 && pool.containsKey("zygote");
        });
    }

    private JsonObject pool() {
        return admin.get(POOLS + "/default").json();
    }

    private static String idOf(JsonObject worker) {
        return worker.getString("id");
    }

    private Background<RestAnswer> sleeping(double seconds) {
        return Background.of(() -> admin.call("""
                {"function": "hello.sleep", "arguments": {"seconds": %s}, "timeout": "PT20S"}
                """.formatted(seconds)));
    }

    private JsonObject awaitWorker(String what, Predicate<JsonObject> condition) {
        List<JsonObject> found = new ArrayList<>();
        Await.until(what, () -> {
            admin.get(WORKERS).items().stream().filter(condition).forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    @Test
    void everyDocumentedCommandMustBeServed(RunningServer server) {
        List<RestDocument.Curl> commands = RestDocument.curls();

        assertThat(commands)
                .extracting(RestDocument.Curl::path)
                .containsExactly(
                        "/api/v1/openapi.json",
                        "/api/v1/openapi.yaml",
                        POOLS,
                        POOLS + "/default",
                        POOLS + "/default/functions?limit=50",
                        WORKERS + "?limit=50",
                        WORKERS + "/default-1",
                        WORKERS + "/default-1/cordon",
                        WORKERS + "/default-1/uncordon",
                        WORKERS + "/default-1/dump",
                        WORKERS + "/default-1/profile?duration=PT0.5S",
                        WORKERS + "/default-1/recycle",
                        POOLS + "/default/reload",
                        METRICS,
                        "/api/v1/call",
                        SESSIONS,
                        SESSIONS + "?filter=kind:durable,state:active&q=north&sort=id&limit=50",
                        CLAIM,
                        CLAIM,
                        CLAIM + "/entries",
                        CLAIM + "/entries/history",
                        CLAIM + "/entries/history?unmasked=true&reason=trial",
                        CLAIM + "/revisions",
                        CLAIM + "/restore",
                        CLAIM + "/touch",
                        CLAIM + "/export",
                        CLAIM,
                        SESSIONS + "/import",
                        SESSIONS + "/export?filter=kind:durable&q=north",
                        SESSIONS + "/import?existing=skip",
                        SESSIONS,
                        SESSIONS + "?filter=owner:night-shift&dryRun=true",
                        SESSIONS + "?filter=owner:night-shift&expectedCount=1&reason=trial",
                        SESSIONS + "/statistics",
                        CLAIM + "/events?limit=50",
                        MIGRATIONS + "?dryRun=true",
                        MIGRATIONS,
                        MIGRATIONS + "?limit=50",
                        MIGRATIONS + "/statistics",
                        MIGRATION,
                        MIGRATION + "/receipts?limit=500",
                        MIGRATION + "/start",
                        MIGRATION + "/pause",
                        MIGRATION + "/resume",
                        MIGRATION + "/cancel",
                        MIGRATION + "/rollback",
                        WORKERS + "/default-1/evacuate?dryRun=true",
                        POOLS + "/default/rebalance?dryRun=true",
                        CLAIM + "/migrate?dryRun=true",
                        EVENTS + "?types=worker.*,session.ended&limit=50",
                        EVENTS + "?after=0",
                        OPERATIONS + "?limit=50",
                        OPERATIONS + "/7a0e6f3c-52a1-4be1-93a4-52b8b0f0c9d1",
                        OPERATIONS + "/7a0e6f3c-52a1-4be1-93a4-52b8b0f0c9d1",
                        AUDIT + "?limit=50&from=2026-01-02T00:00:00Z&to=2099-01-01T00:00:00Z",
                        AUDIT + "?filter=session:claim:17,principal:admin,action:delete",
                        "/api/v1/config",
                        "/api/v1/stores",
                        "/api/v1/stores/jpa/check?atMost=PT10S",
                        "/api/v1/slow");
        Map<String, String> files = new HashMap<>();
        String migration = EXAMPLE;
        for (RestDocument.Curl example : commands) {
            // The first worker may have been replaced by now.
            RestDocument.Curl command =
                    example.about(idOf(admin.get(WORKERS).items().get(0))).about(EXAMPLE, migration);
            String path = command.path();
            if (command.isStream()) {
                assertThat(EventListener.status(server, path.substring(EVENTS.length()), null))
                        .isEqualTo(200);
                continue;
            }
            RestAnswer answer = command.sentBy(admin, files);
            if (path.startsWith(OPERATIONS + "/")) {
                // No hook was left undone here.
                answer.problem(404, "NOT_FOUND");
                continue;
            }
            if (path.matches(MIGRATIONS + "/mig-[^/]*/(start|pause|resume|cancel)")) {
                // The migration is done by now.
                answer.problem(409, "ILLEGAL_STATE");
                continue;
            }
            if (path.equals(MIGRATIONS) && answer.status() == 202) {
                migration = awaitDone(answer.json(202).getString("id"));
            }
            assertThat(answer.status())
                    .as(command.method() + " " + path + " " + answer.body())
                    .isBetween(200, 204);
        }
    }

    private String awaitDone(String migration) {
        Await.until("the migration is done", () -> admin.get(MIGRATIONS + "/" + migration)
                .json()
                .getString("state")
                .equals("done"));
        return migration;
    }

    @Test
    void aPoolMustHaveTheDocumentedShapeAndConsistentNumbers() {
        RestAnswer list = admin.get(POOLS);
        JsonObject pool = pool();

        assertThat(Shape.of(pool)).isEqualTo(Shape.of(RestDocument.sampleWith("min")));
        assertThat(Shape.of(list.json())).isEqualTo("{items: [" + Shape.of(pool) + "], next: null}");
        assertThat(pool.getString("name")).isEqualTo("default");
        assertThat(pool.getInt("min")).isEqualTo(2);
        assertThat(pool.getInt("max")).isEqualTo(4);
        assertThat(pool.getInt("live")).isBetween(2, 4);
        assertThat(pool.getInt("idle")).isBetween(1, 4);
        assertThat(pool.getString("start")).isEqualTo("fork");
        assertThat(pool.getJsonObject("health").getString("state")).isIn("up", "degraded");
    }

    @Test
    void aWorkerMustHaveTheDocumentedShapeInTheListAndAlone() throws Exception {
        Instant before = Instant.now();
        Background<RestAnswer> call = sleeping(5);
        JsonObject busy = awaitWorker("the call is seen", worker -> worker.containsKey("currentCall"));
        RestAnswer alone = admin.get(WORKERS + "/" + idOf(busy));
        RestAnswer idle =
                admin.get(WORKERS + "/" + idOf(awaitWorker("one is idle", w -> !w.containsKey("currentCall"))));

        String documented = Shape.of(RestDocument.sampleWith("generation"));
        assertThat(Shape.of(busy)).isEqualTo(documented).contains("startedAt: instant");
        assertThat(Shape.of(alone.json())).isEqualTo(documented);
        assertThat(Shape.of(idle.json())).isEqualTo(documented.replaceFirst(", currentCall: \\{[^}]*}", ""));
        JsonObject current = alone.json().getJsonObject("currentCall");
        assertThat(current.getString("function")).isEqualTo("hello.sleep");
        assertThat(current.getInt("timeoutMillis")).isEqualTo(20_000);
        assertThat(Instant.parse(current.getString("startedAt"))).isBetween(before, Instant.now());
        assertThat(busy.getString("state")).isEqualTo("live");
        assertThat(busy.getString("pool")).isEqualTo("default");
        assertThat(busy.getInt("pid")).isPositive();
        assertThat(busy.getInt("generation")).isPositive();
        assertThat(busy.getJsonNumber("memoryBytes").longValue()).isGreaterThan(1_000_000);
        call.value().json();
    }

    @Test
    void aCallThatTookLongMustBeInTheReportWithItsWorkerAndOutcome() throws Exception {
        String worker = sleeping(1.1).value().json().getJsonObject("worker").getString("id");
        admin.call("{\"function\": \"hello.sleep\", \"arguments\": {\"seconds\": 20}, \"timeout\": \"PT1.2S\"}")
                .problem(504, "CALL_TIMEOUT");

        JsonObject report = admin.get("/api/v1/slow").json();

        assertThat(report.getString("threshold")).isEqualTo("PT1S");
        assertThat(report.getJsonArray("items").getValuesAs(JsonObject.class))
                .filteredOn(item -> item.getString("name").equals("hello.sleep"))
                .anySatisfy(item -> {
                    assertThat(item.getString("kind")).isEqualTo("call");
                    assertThat(item.getString("worker")).isEqualTo(worker);
                    assertThat(item.getString("outcome")).isEqualTo("ok");
                    assertThat(Duration.parse(item.getString("duration"))).isBetween(seconds(1.1), seconds(20));
                })
                .anySatisfy(item -> assertThat(item.getString("outcome")).isEqualTo("CALL_TIMEOUT"))
                .isSortedAccordingTo(
                        Comparator.<JsonObject, Duration>comparing(item -> Duration.parse(item.getString("duration")))
                                .reversed());
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis((long) (seconds * 1000));
    }

    @Test
    void aRunningCallMustBeSeenInThePoolUntilItEnds() throws Exception {
        int calls = pool().getInt("calls");
        Background<RestAnswer> call = sleeping(4);
        JsonObject busy = awaitWorker("the call is seen", worker -> worker.containsKey("currentCall"));

        assertThat(pool().getInt("busy")).isEqualTo(1);
        assertThat(call.value().json().getJsonNumber("result").doubleValue()).isEqualTo(4);
        assertThat(pool().getInt("busy")).isZero();
        assertThat(pool().getInt("calls")).isEqualTo(calls + 1);
        assertThat(admin.get(WORKERS + "/" + idOf(busy)).json())
                .doesNotContainKey("currentCall")
                .containsEntry("calls", busy.get("calls"));
    }

    @Test
    void callsMustBeCountedAtTheWorkerThatServesThem() {
        Map<String, Integer> before = callsOfWorkers();
        JsonObject servedBy = admin.call("{\"function\": \"probe.pid\"}").json().getJsonObject("worker");
        Map<String, Integer> after = callsOfWorkers();

        before.merge(idOf(servedBy), 1, Integer::sum);
        assertThat(after).isEqualTo(before);
    }

    private Map<String, Integer> callsOfWorkers() {
        return admin.get(WORKERS).items().stream()
                .collect(Collectors.toMap(RestIT::idOf, worker -> worker.getInt("calls")));
    }

    @Test
    void aCallMustAnswerWithItsResultAndWhoServedIt() {
        JsonObject answer = admin.call("""
                        {"pool": "default", "function": "hello.greet", "arguments": {"name": "Ada"}, "timeout": "PT5S"}
                        """).json();

        assertThat(Shape.of(answer)).isEqualTo(Shape.of(RestDocument.sampleWith("result")));
        assertThat(answer.getString("result")).isEqualTo("Hello, Ada!");
        assertThat(answer.getInt("millis")).isBetween(0, 5000);
        JsonObject servedBy = answer.getJsonObject("worker");
        assertThat(admin.get(WORKERS + "/" + idOf(servedBy)).json().getInt("pid"))
                .isEqualTo(servedBy.getInt("pid"));
    }

    @Test
    void millisMustCountTheTimeOfTheCall() {
        JsonObject answer = admin.call("{\"function\": \"hello.sleep\", \"arguments\": {\"seconds\": 0.4}}")
                .json();

        assertThat(answer.getInt("millis")).isBetween(400, 5000);
    }

    @Test
    void noneMustBeSentAsNull() {
        JsonObject answer = admin.call("{\"function\": \"probe.echo\", \"arguments\": {\"value\": null}}")
                .json();

        assertThat(answer.get("result")).isEqualTo(JsonValue.NULL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740993",
                "-9223372036854775809",
                "123456789012345678901234567890123456789012345678901234567890",
                "1.5",
                "\"a\\u0000b\"",
                "\"\\ud800\"",
                "\"x\\udfffy\"",
                "\"é😀\"",
                "[true,false,null,{},[],{\"a\":[\"b\"]}]"
            })
    void aValueMustComeBackAsItWasWritten(String json) {
        RestAnswer answer = admin.call("{\"function\": \"probe.echo\", \"arguments\": {\"value\": " + json + "}}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).startsWith("{\"result\":" + json + ",\"worker\":");
    }

    @Test
    void decimalsMustKeepEveryDigit() {
        RestAnswer answer = admin.call("""
                {"function": "probe.swap", "arguments": {"item": {"name": "ab", "due": "2026-01-02", "colour": "RED", "tags": [],
                 "price": 0.1000000000000000055511151231257827}}}
                """);

        assertThat(answer.json().getJsonObject("result").getString("name")).isEqualTo("ba");
        assertThat(answer.body()).contains("\"price\":0.1000000000000000055511151231257827,");
    }

    @Test
    void integersAboveTwoToThe53MustBeAddedExactly() {
        RestAnswer answer =
                admin.call("{\"function\": \"probe.add\", \"arguments\": {\"left\": 9007199254740992, \"right\": 1}}");

        assertThat(answer.body()).startsWith("{\"result\":9007199254740993,");
    }

    @Test
    void pagesMustHoldEveryWorkerOnceInTheOrderOfTheirNumbers() {
        List<String> whole =
                admin.get(WORKERS).items().stream().map(RestIT::idOf).toList();
        List<String> paged = new ArrayList<>();

        JsonObject page = admin.get(WORKERS + "?limit=1").json();
        while (!page.isNull("next") && paged.size() < 100) {
            paged.add(idOf(page.getJsonArray("items").getJsonObject(0)));
            page = admin.get(WORKERS + "?limit=1&cursor=" + page.getString("next"))
                    .json();
        }
        page.getJsonArray("items").getValuesAs(JsonObject.class).forEach(worker -> paged.add(idOf(worker)));

        assertThat(whole).hasSizeGreaterThanOrEqualTo(2);
        assertThat(paged).isEqualTo(whole);
        assertThat(whole).isSortedAccordingTo((a, b) -> Integer.compare(numberIn(a), numberIn(b)));
    }

    private static int numberIn(String id) {
        return Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
    }

    @Test
    void everyAnswerMustTellBrowsersToTrustNothingElseAndToKeepNothing() {
        for (String path : List.of(POOLS, "/api/v1/nothing")) {
            RestAnswer answer = admin.get(path);
            assertThat(answer.header("Content-Security-Policy"))
                    .contains("default-src 'self'")
                    .contains("frame-ancestors 'none'");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        }
    }
}
