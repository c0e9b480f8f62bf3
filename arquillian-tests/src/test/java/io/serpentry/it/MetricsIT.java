// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Samples;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /metrics}, as Prometheus reads it. */
@Tag("core")
@ExtendWith(SharedServer.class)
class MetricsIT {

    private static final String METRICS = "/api/v1/metrics";
    private static final String PROMETHEUS_2 = "application/openmetrics-text;version=1.0.0,"
            + "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    private static final String PROMETHEUS_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
            + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
    }

    private static String text(RestAnswer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("Content-Type").replace(" ", ""))
                .isEqualToIgnoringCase("text/plain;version=0.0.4;charset=utf-8");
        return answer.body();
    }

    private static double workers(String text, String state) {
        return value(
                text, "serpentry_pool_workers{mp_scope=\"application\",pool=\"default\",state=\"" + state + "\",}");
    }

    private static double value(String text, String series) {
        Matcher line = Pattern.compile("^" + Pattern.quote(series) + " (.*)$", Pattern.MULTILINE)
                .matcher(text);
        assertThat(line.find()).as(series + " in\n" + text).isTrue();
        return Double.parseDouble(line.group(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"viewer", "operator", "admin"})
    void everyRoleMustSeeTheMetrics(String role, RunningServer server) {
        RestUser user = RestUser.added(server, "metrics-" + role, role);

        assertThat(text(user.get(METRICS))).contains("serpentry_pool_workers{");
    }

    @Test
    void nobodyElseMustSeeThem(RunningServer server) {
        RestUser.anonymous(server).get(METRICS).problem(401, "FORBIDDEN");
        RestUser.added(server, "metrics-tourist", "tourist").get(METRICS).problem(403, "FORBIDDEN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "text/*", "text/plain", "text/plain; version=0.0.4", PROMETHEUS_2, PROMETHEUS_3})
    void whoeverReadsPlainTextMustGetTheTextOfPrometheus(String accept) {
        assertThat(text(admin.with("Accept", accept).get(METRICS)))
                .contains("# TYPE serpentry_pool_workers gauge\n")
                .contains("# TYPE serpentry_worker_memory_bytes gauge\n")
                .contains("# TYPE serpentry_worker_starts_total counter\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/openmetrics-text; version=1.0.0",
                "text/html",
                "application/json, text/html"
            })
    void aRequestForAnotherFormMustBeRefused(String accept) {
        JsonObject problem = admin.with("Accept", accept).get(METRICS).problem(406, "INVALID_ARGUMENT");

        assertThat(problem.getString("detail")).contains("text/plain");
    }

    @Test
    void pagesOfOtherSitesMustNotBeLetIn() {
        RestAnswer answer = admin.with("Origin", "http://evil.example").get(METRICS);

        text(answer);
        assertThat(answer.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control-"));
    }

    @Test
    void eachMethodButGetMustBeRefused() {
        RestAnswer answer = admin.send("POST", METRICS, BodyPublishers.noBody());

        answer.problem(405, "INVALID_ARGUMENT");
        assertThat(answer.header("Allow")).contains("GET");
    }

    @Test
    void aScopeMustShowItsOwnMetricsOnly() {
        String application = text(admin.get(METRICS + "?scope=application"));
        String base = text(admin.get(METRICS + "?scope=base"));

        assertThat(application).contains("serpentry_pool_workers{").doesNotContain("mp_scope=\"base\"");
        assertThat(base).contains("jvm_uptime_seconds{").doesNotContain("mp_scope=\"application\"");
    }

    @Test
    void aScopeThatNothingHasMustNotBeFound() {
        for (int i = 0; i < 2; i++) {
            JsonObject problem = admin.get(METRICS + "?scope=nope").problem(404, "NOT_FOUND");

            assertThat(problem.getString("detail")).contains("'nope'").contains("application, base");
        }
    }

    @ParameterizedTest
    @CsvSource({"scope=base&scope=base, scope", "name=jvm.uptime, name", "scop=base, scop"})
    void aParameterThatIsUnknownOrStandsTwiceMustBeRefused(String query, String field) {
        JsonObject problem = admin.get(METRICS + "?" + query).problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getJsonObject("context").getString("field")).isEqualTo(field);
    }

    @Test
    void aRunningCallMustMakeOneIdleWorkerBusyUntilItEnds() throws Exception {
        Await.until("the pool rests", () -> {
            String text = text(admin.get(METRICS));
            return workers(text, "idle") >= 2
                    && Stream.of("starting", "busy", "draining").allMatch(s -> workers(text, s) == 0);
        });
        double idle = workers(text(admin.get(METRICS)), "idle");
        Background<RestAnswer> call =
                Background.of(() -> admin.call("{\"function\": \"hello.sleep\", \"arguments\": {\"seconds\": 2}}"));
        Await.until("the call is seen", () -> workers(text(admin.get(METRICS)), "busy") > 0);

        String during = text(admin.get(METRICS));
        call.value().json();
        String after = text(admin.get(METRICS));

        assertThat(workers(during, "busy")).isEqualTo(1);
        assertThat(workers(during, "idle")).isEqualTo(idle - 1);
        assertThat(workers(after, "busy")).isZero();
        assertThat(workers(after, "idle")).isEqualTo(idle);
    }

    @Test
    void memoryAndStartsMustBeThoseThatTheRestInterfaceShows() {
        String text = text(admin.get(METRICS));
        double shown = admin.get("/api/v1/workers").items().stream()
                .mapToLong(worker -> worker.getJsonNumber("memoryBytes").longValue())
                .sum();
        int started = admin.get("/api/v1/pools/default").json().getInt("started");

        assertThat(value(text, "serpentry_worker_memory_bytes{mp_scope=\"application\",pool=\"default\",}"))
                .isBetween(shown * 0.5, shown * 2);
        assertThat(Samples.of(text).sum("serpentry_worker_starts_total", "pool", "default"))
                .isEqualTo(started)
                .isPositive();
    }

    // ---- calls in sessions

    private double session(String name) {
        return value(text(admin.get(METRICS)), name);
    }

    private double cache(String tier, String result) {
        return session("serpentry_cache_requests_total{mp_scope=\"application\",result=\"" + result + "\",tier=\""
                + tier + "\",}");
    }

    private double cacheBytes(String tier) {
        return session("serpentry_cache_bytes{mp_scope=\"application\",tier=\"" + tier + "\",}");
    }

    private double ofPool(String name) {
        return session(name + "{mp_scope=\"application\",pool=\"default\",}");
    }

    /** The process id of the worker that served the call. */
    private long note(String session, String text) {
        return admin.call("{\"function\": \"counter.note\", \"session\": \"" + session
                        + "\", \"arguments\": {\"text\": \"" + text + "\"}}")
                .json()
                .getJsonObject("worker")
                .getJsonNumber("pid")
                .longValue();
    }

    private String created() {
        String session = "metrics-" + UUID.randomUUID();
        admin.post("/api/v1/sessions", "{\"id\": \"" + session + "\"}").json(201);
        return session;
    }

    @Test
    void theFirstCallInASessionMustMakeItWarmAndItsContentsCached() {
        String session = created();
        double warm = ofPool("serpentry_worker_sessions");
        double worker = cacheBytes("worker");
        double server = cacheBytes("server");

        note(session, session);

        assertThat(ofPool("serpentry_worker_sessions")).isEqualTo(warm + 1);
        assertThat(cacheBytes("worker")).isGreaterThan(worker);
        assertThat(cacheBytes("server")).isGreaterThan(server);
        admin.delete("/api/v1/sessions/" + session);
    }

    @Test
    void aWarmCallMustBeAHitAndSendNothing() {
        String session = created();
        note(session, session);
        double hits = cache("worker", "hit");
        double misses = cache("worker", "miss");
        double bytes = ofPool("serpentry_session_transfer_bytes_total");

        note(session, "again");

        assertThat(cache("worker", "hit")).isEqualTo(hits + 1);
        assertThat(cache("worker", "miss")).isEqualTo(misses);
        assertThat(ofPool("serpentry_session_transfer_bytes_total")).isEqualTo(bytes);
        admin.delete("/api/v1/sessions/" + session);
    }

    @Test
    void whatPythonDidNotStoreItselfMustBeAMissAndBeSent() {
        String session = created();
        note(session, session);
        double entries = ofPool("serpentry_session_transfer_entries_total");
        double bytes = ofPool("serpentry_session_transfer_bytes_total");
        double worker = cache("worker", "miss");
        double server = cache("server", "miss");
        String history = "[\"" + session + "\"]";
        admin.patch("/api/v1/sessions/" + session, "{\"entries\": {\"history\": [\"changed " + session + "\"]}}")
                .json();

        note(session, "again");

        assertThat(ofPool("serpentry_session_transfer_entries_total")).isEqualTo(entries + 1);
        assertThat(ofPool("serpentry_session_transfer_bytes_total"))
                .isEqualTo(bytes + history.length() + "changed ".length());
        assertThat(cache("worker", "miss")).isEqualTo(worker + 1);
        assertThat(cache("server", "miss")).isEqualTo(server + 1);
        admin.delete("/api/v1/sessions/" + session);
    }

    @Test
    void aWorkerThatLacksAContentOfTheServersCacheMustBeAHitThere() {
        String session = created();
        long warm = note(session, session);
        Processes.signal("KILL", warm);
        Await.until("it is gone", () -> admin.get("/api/v1/workers").items().stream()
                .noneMatch(worker -> worker.getJsonNumber("pid").longValue() == warm));
        double server = cache("server", "hit");

        note(session, "again");

        assertThat(cache("server", "hit")).isEqualTo(server + 1);
        admin.delete("/api/v1/sessions/" + session);
    }
}
