// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.ProgramDesk;
import io.serpentry.it.app.SeatTools;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.ModelServer;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** DSPy programs on four workers, with the real DSPy and a language model that answers by rule. */
@Tag("core")
class DspyIT {

    private static final int WORKERS = 4;
    private static final Duration START = Duration.ofSeconds(90);
    private static final String KEY = "key-" + UUID.randomUUID();
    private static final Path ROOT = Path.of(System.getProperty("serpentry.root"));
    private static final String MODULES = ROOT.resolve("examples/dspy/modules")
            + File.pathSeparator
            + ROOT.resolve("resource-adapter/rar/src/test/python");
    private static final String DEMO = "[{\"inputs\": {\"question\": \"what is a demo\"},"
            + " \"outputs\": {\"answer\": \"answer about what is a demo\"}}]";

    private static ModelServer model;
    private static RunningServer server;

    private final String session = "dspy-" + UUID.randomUUID();
    private RestUser admin;

    @BeforeAll
    static void start() throws IOException {
        model = ModelServer.start();
        server = RunningServer.start(
                6100,
                Map.of(
                        "DSPY_TEST_API_KEY",
                        KEY,
                        "JAVA_OPTS",
                        "-Xmx512m -Dserpentry.preload=serpentry.dspy -Dserpentry.pool.blockingTimeoutMillis=60000"),
                "--workers",
                Integer.toString(WORKERS),
                "--modules",
                MODULES);
    }

    @AfterAll
    static void stop() {
        try (ModelServer stopped = model;
                RunningServer running = server) {
            assertThat(stopped).isNotNull();
            assertThat(running).isNotNull();
        }
    }

    @BeforeEach
    void openSession() {
        admin = RestUser.admin(server);
        admin.post("/api/v1/sessions", "{\"id\": \"" + session + "\"}").json(201);
        configure("openai/small");
        model.forget();
    }

    private RestAnswer send(String command, String arguments, String inSession) {
        String where = inSession == null ? "" : ", \"session\": \"" + inSession + "\"";
        return admin.call("{\"function\": \"dspy." + command + "\", \"arguments\": " + arguments + where + "}");
    }

    private JsonObject call(String command, String arguments) {
        return send(command, arguments, session).json();
    }

    private void configure(String name) {
        send(
                        "configure_lm",
                        "{\"model\": \"" + name + "\", \"base_url\": \"" + model.baseUrl()
                                + "\", \"api_key_env\": \"DSPY_TEST_API_KEY\", \"options\": {\"num_retries\": 0}}",
                        null)
                .json();
    }

    private void create(String id, String type) {
        call(
                "create_program",
                "{\"id\": \"" + id + "\", \"signature\": \"question -> answer\", \"program_type\": \"" + type + "\"}");
    }

    private JsonObject execute(String id, String question) {
        return call("execute_program", execution(id, question));
    }

    private static String execution(String id, String question) {
        return "{\"program_id\": \"" + id + "\", \"inputs\": {\"question\": \"" + question + "\"}}";
    }

    private static int pid(JsonObject answer) {
        return answer.getJsonObject("worker").getInt("pid");
    }

    private List<Integer> pids() {
        return admin.get("/api/v1/workers").items().stream()
                .filter(worker -> !"dead".equals(worker.getString("state").toLowerCase(Locale.ROOT)))
                .map(worker -> worker.getInt("pid"))
                .toList();
    }

    /** Executes it side by side until each worker has done so; every answer must be right. */
    private Set<Integer> executeOnAllWorkers(String id) throws Exception {
        Set<Integer> served = new TreeSet<>();
        Await.until("each worker has executed " + id, () -> {
            List<Background<JsonObject>> all = IntStream.range(0, WORKERS)
                    .mapToObj(i -> Background.of(() -> execute(id, "why " + i)))
                    .toList();
            for (int i = 0; i < WORKERS; i++) {
                JsonObject answer = value(all.get(i));
                assertThat(answer.getJsonObject("result")
                                .getJsonObject("outputs")
                                .getString("answer"))
                        .isEqualTo("answer about why " + i);
                served.add(pid(answer));
            }
            return served.containsAll(pids());
        });
        return served;
    }

    private static <T> T value(Background<T> background) {
        try {
            return background.value();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String prompt(int request) {
        return model.requests().get(request).getJsonObject("body").getJsonArray("messages").stream()
                .map(JsonValue::toString)
                .reduce("", String::concat);
    }

    private JsonObject info(String id) {
        return call("get_program_info", "{\"program_id\": \"" + id + "\"}").getJsonObject("result");
    }

    @Test
    void aProgramMustRunOnEveryWorkerAndKeepItsDemosThroughRestartAndImport() throws Exception {
        create("qa", "chain_of_thought");
        assertThat(executeOnAllWorkers("qa")).hasSizeGreaterThanOrEqualTo(WORKERS);

        call("compile_program", "{\"program_id\": \"qa\", \"trainset\": " + DEMO + "}");
        assertDemoIsAsked();

        server.stop();
        server.restart();
        assertDemoIsAsked();

        String archive =
                admin.post("/api/v1/sessions/" + session + "/export", "{}").body();
        assertThat(admin.delete("/api/v1/sessions/" + session).status()).isEqualTo(204);
        send("execute_program", execution("qa", "why"), session).problem(404, "SESSION_NOT_FOUND");
        RestAnswer imported = admin.with("Content-Type", "application/x-ndjson")
                .send("POST", "/api/v1/sessions/import", BodyPublishers.ofString(archive));
        assertThat(imported.status()).as(imported.body()).isLessThan(300);
        assertDemoIsAsked();
    }

    private void assertDemoIsAsked() {
        model.forget();
        execute("qa", "why");
        assertThat(prompt(0)).contains("what is a demo").contains("answer about what is a demo");
    }

    @Test
    void theModelMustReachEveryWorkerAlsoThoseThatStartLater() throws Exception {
        configure("openai/another");
        create("qa", "predict");
        executeOnAllWorkers("qa");
        List<Integer> before = pids();

        before.subList(0, 2).forEach(pid -> Processes.signal("KILL", pid));
        Await.until(
                "the two are replaced",
                () -> pids().stream().filter(pid -> !before.contains(pid)).count() >= 2);
        executeOnAllWorkers("qa");
        startCold(before.get(2));
        executeOnAllWorkers("qa");

        assertThat(model.requests()).isNotEmpty().allSatisfy(request -> assertThat(
                        request.getJsonObject("body").getString("model"))
                .isEqualTo("another"));
        assertThat(model.requests().stream()
                        .map(request -> request.getString("key_sha256"))
                        .distinct())
                .as("the key arrives, and is the same everywhere")
                .hasSize(1);
    }

    /** Kills a worker and the fork server, so that the next worker comes from one that imports DSPy anew. */
    private void startCold(int worker) {
        JsonObject zygote = admin.get("/api/v1/pools/default").json().getJsonObject("zygote");
        Processes.signal("KILL", zygote.getInt("pid"));
        Processes.trySignal("KILL", worker);
        Await.until("another fork server has started workers", START, () -> {
            JsonObject now = admin.get("/api/v1/pools/default").json().getJsonObject("zygote");
            return now != null
                    && now.getInt("generation") > zygote.getInt("generation")
                    && !pids().contains(worker)
                    && pids().size() >= WORKERS;
        });
    }

    @Test
    void aSessionsOwnModelMustWinThere() {
        call(
                "configure_lm",
                "{\"scope\": \"session\", \"model\": \"openai/own\", \"base_url\": \"" + model.baseUrl() + "\"}");
        create("qa", "predict");

        execute("qa", "why");

        assertThat(model.requests().get(0).getJsonObject("body").getString("model"))
                .isEqualTo("own");
    }

    @Test
    void theKeyMustBeNowhereButInTheRequestsToTheModel() throws Exception {
        create("qa", "predict");
        executeOnAllWorkers("qa");
        model.answer("{\"status\": 401, \"body\": {\"error\": {\"message\": \"Incorrect API key provided: " + KEY
                + "\", \"code\": \"invalid_api_key\"}}}");
        RestAnswer refused = send("execute_program", execution("qa", "why"), session);
        endWithADump();
        Processes.signal("KILL", pids().get(0));

        assertThat(refused.problem(422, "PYTHON_RAISED").getBoolean("retryable"))
                .isFalse();
        assertThat(refused.body()).contains("Incorrect API key provided").doesNotContain(KEY);
        shown().forEach((path, body) ->
                assertThat(body.contains(KEY)).as("%s shows the key", path).isFalse());
        try (Stream<Path> files = Files.walk(server.base())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(content.contains(KEY)).as("%s holds the key", file).isFalse();
            }
        }
    }

    /** Has a worker that has used the key end by its deadline, in a call that nothing but SIGABRT ends. */
    private void endWithADump() throws IOException {
        Path begun = Files.createTempFile("serpentry", "begun");
        RestAnswer ended = admin.call("{\"function\": \"probe.stubborn\", \"timeout\": \"PT1S\", \"session\": \""
                + session + "\", \"arguments\": {\"path\": \"" + begun + "\"}}");
        Files.delete(begun);
        assertThat(ended.problem(504, "CALL_TIMEOUT").toString())
                .contains("stubborn")
                .doesNotContain(KEY);
    }

    /** What the server tells, by path: with the contents of the entries, which are compressed in the database. */
    private Map<String, String> shown() {
        Map<String, String> shown = new TreeMap<>();
        Stream.of("pools/default", "workers", "events?limit=500", "audit?limit=500", "config", "metrics", "operations")
                .forEach(path -> shown.put(path, told(admin.get("/api/v1/" + path))));
        admin.get("/api/v1/workers").items().stream()
                .map(worker -> "workers/" + worker.getString("id"))
                .forEach(path -> shown.put(path, told(admin.get("/api/v1/" + path))));
        Stream.of(session, "shared:default").map(id -> "sessions/" + id).forEach(path -> {
            shown.put(path, told(admin.get("/api/v1/" + path)));
            shown.put(path + "/export", told(admin.post("/api/v1/" + path + "/export", "{}")));
            for (JsonObject entry :
                    admin.get("/api/v1/" + path + "/entries?limit=500").items()) {
                String content = path + "/entries/" + entry.getString("name");
                shown.put(content, told(admin.get("/api/v1/" + content + "?unmasked=true")));
            }
        });
        assertThat(shown.keySet())
                .contains(
                        "sessions/shared:default/entries/dspy.lm", "sessions/" + session + "/entries/dspy.program.qa");
        return shown;
    }

    private static String told(RestAnswer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private int timeouts() {
        return admin.get("/api/v1/pools/default").json().getInt("timeouts");
    }

    @Test
    void aModelThatHangsMustCostNoWorker() {
        create("qa", "predict");
        int before = timeouts();
        model.answer("{\"hang\": true}");

        JsonObject refused = admin.call(
                        "{\"function\": \"dspy.execute_program\", \"timeout\": \"PT4S\", \"arguments\": "
                                + execution("qa", "why") + ", \"session\": \"" + session + "\"}")
                .problem(422, "PYTHON_RAISED");

        assertThat(refused.getBoolean("retryable")).isTrue();
        assertThat(refused.getJsonObject("context").getString("reason")).isEqualTo("timeout");
        assertThat(timeouts()).isEqualTo(before);
    }

    @Test
    void whatIsForASessionMustBeRefusedWithoutOne() {
        String program = "{\"id\": \"lost\", \"signature\": \"question -> answer\"}";

        send("create_program", program, null).problem(409, "ILLEGAL_STATE");
        send("configure_lm", "{\"model\": \"openai/lost\", \"scope\": \"session\"}", null)
                .problem(409, "ILLEGAL_STATE");

        assertThat(send("list_programs", "{}", null).json().toString()).doesNotContain("lost");
    }

    @Test
    void aHundredExecutionsAtOnceMustCountToAHundred() {
        create("qa", "predict");
        List<Background<RestAnswer>> all = IntStream.range(0, 100)
                .mapToObj(i -> Background.of(() -> send("execute_program", execution("qa", "why"), session)))
                .toList();
        Set<Integer> served = new TreeSet<>();
        for (Background<RestAnswer> one : all) {
            served.add(pid(value(one).json(200)));
        }
        assertThat(served).containsAll(pids()).hasSizeGreaterThanOrEqualTo(WORKERS);
        assertThat(info("qa").getInt("execution_count")).isEqualTo(100);
        assertThat(model.requests()).hasSize(100);
    }

    @Test
    void whatIsWrongMustBeNamed() {
        create("qa", "predict");
        int revision = admin.get("/api/v1/sessions/" + session).json().getInt("revision");

        send("execute_program", execution("none", "why"), session).problem(404, "NOT_FOUND");
        send("create_program", "{\"id\": \"qa\", \"signature\": \"a -> b\"}", session)
                .problem(409, "ILLEGAL_STATE");
        send("create_program", "{\"id\": \"x\", \"signature\": \"a -> b: os.system\"}", session)
                .problem(400, "INVALID_ARGUMENT");
        send("execute_program", "{\"program_id\": \"qa\", \"inputs\": {}}", session)
                .problem(400, "INVALID_ARGUMENT");
        model.answer(
                "{\"status\": 429, \"headers\": {\"Retry-After\": \"7\"}, \"body\": {\"error\": {\"message\": \"slow\"}}}");
        JsonObject limited =
                send("execute_program", execution("qa", "why"), session).problem(422, "PYTHON_RAISED");

        assertThat(limited.getBoolean("retryable")).isTrue();
        assertThat(limited.getJsonObject("context").getString("retryAfter")).startsWith("7");
        assertThat(admin.get("/api/v1/sessions/" + session).json().getInt("revision"))
                .isEqualTo(revision);
    }

    @Test
    void usageMustBeCountedByModel() {
        configure("openai/counted-" + session);
        create("qa", "predict");
        JsonObject used = execute("qa", "why")
                .getJsonObject("result")
                .getJsonArray("usage")
                .getJsonObject(0);

        String metrics = admin.get("/api/v1/metrics").body();

        String tags = "model=\"openai/counted-" + session + "\"";
        assertThat(metrics.lines().filter(line -> line.contains(tags)))
                .anyMatch(line -> line.startsWith("serpentry_model_calls_total") && line.endsWith(" 1.0"))
                .anyMatch(line ->
                        line.contains("kind=\"prompt\"") && line.endsWith(" " + used.getInt("prompt_tokens") + ".0"))
                .anyMatch(line -> line.contains("kind=\"completion\"")
                        && line.endsWith(" " + used.getInt("completion_tokens") + ".0"));
    }

    @Test
    void anApplicationMustUseProgramsInItsTransactions() throws IOException {
        OutsideApp app = OutsideApp.deployed(server, OutsideWar.dependingOn("serpentry.ear", ProgramDesk.class));
        String where = "?session=desk-" + session;
        app.text("GET", "/programs/open" + where);
        app.text("GET", "/programs/configure" + where + "&url=" + model.baseUrl());

        assertThat(app.text("GET", "/programs/rolledBack" + where))
                .isEqualTo("3.0 [reasoning] openai/of-the-desk typed chain_of_thought false 1 true");
        assertThat(app.text("GET", "/programs/list" + where)).isEmpty();

        app.text("GET", "/programs/committed" + where);
        assertThat(app.text("GET", "/programs/compile" + where)).startsWith("1 ");
        assertThat(app.text("GET", "/programs/execute" + where)).startsWith("3.0 ");
        assertThat(app.text("GET", "/programs/list" + where)).isEqualTo("typed chain_of_thought false 1 true");
        RestAnswer twice = app.send("GET", "/programs/create" + where);
        assertThat(twice.status()).isEqualTo(409);
        assertThat(twice.body()).startsWith("ILLEGAL_STATE false: ");
        assertThat(app.text("GET", "/programs/delete" + where)).isEqualTo("true false");
        assertThat(app.text("GET", "/programs/clear" + where)).isEqualTo("0");

        app.text("GET", "/programs/create");
        assertThat(app.text("GET", "/programs/list")).contains("typed chain_of_thought true 0 false");
        assertThat(app.text("GET", "/programs/delete")).isEqualTo("true false");
    }

    @Test
    void whatAnAgentDoesMustBePartOfTheTransaction() throws IOException {
        WebArchive war = OutsideWar.named("agents.war", "serpentry.ear", ProgramDesk.class, SeatTools.class);
        OutsideApp app = OutsideApp.deployed(server, war);
        String mine = "agent-" + session;
        app.text("GET", "/programs/open?session=" + mine);
        model.answer(said(
                        "next_thought",
                        "by the window",
                        "next_tool_name",
                        "seats_book",
                        "next_tool_args",
                        "{\"session\": \"" + mine + "\", \"seat\": \"12A\"}")
                + ", " + said("next_thought", "done", "next_tool_name", "finish", "next_tool_args", "{}")
                + ", " + said("reasoning", "so", "answer", "12A it is"));

        assertThat(app.text("GET", "/programs/agentRolledBack?session=" + mine)).isEqualTo("12A it is 3 booked");

        assertThat(prompt(0)).contains("Books a seat.");
        assertThat(prompt(1)).contains("booked 12A");
        assertThat(app.text("GET", "/programs/seat?session=" + mine)).isEqualTo("free");
        assertThat(app.text("GET", "/programs/list?session=" + mine)).isEmpty();
        app.undeploy();
    }

    /** An answer with these output fields, in the form that DSPy asks for. */
    private static String said(String... fields) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            text.append("[[ ## ")
                    .append(fields[i])
                    .append(" ## ]]\n")
                    .append(fields[i + 1])
                    .append("\n\n");
        }
        return Json.createObjectBuilder()
                .add("text", text.append("[[ ## completed ## ]]").toString())
                .build()
                .toString();
    }

    @Test
    void nobodyMustTakeTheIdOfAPoolsSession() {
        admin.post("/api/v1/sessions", "{\"id\": \"shared:other\"}").problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void everyTypeMustBeListedWithItsCounts() {
        create("a", "predict");
        create("b", "react");
        execute("a", "why");

        JsonObject listed = call("list_programs", "{\"scope\": \"session\"}").getJsonObject("result");

        assertThat(listed.getJsonArray("programs"))
                .extracting(program -> program.asJsonObject().getString("program_type") + " "
                        + program.asJsonObject().getInt("execution_count"))
                .containsExactly("predict 1", "react 0");
        assertThat(Json.createValue(2)).isEqualTo(listed.get("total_count"));
    }
}
