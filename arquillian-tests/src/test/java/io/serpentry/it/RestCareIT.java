// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestDocument;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Shape;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The care of workers over REST, as docs/rest.md promises it. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestCareIT {

    private static final String POOL = "/api/v1/pools/default";
    private static final String WORKERS = "/api/v1/workers";
    private static final String PID = "{\"function\": \"probe.pid\"}";

    private final String reason = "because of " + UUID.randomUUID();
    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
        awaitRest();
    }

    @AfterEach
    void awaitRest() {
        Await.until("no worker is in care", () -> {
            List<JsonObject> workers = admin.get(WORKERS).items();
            workers.stream()
                    .filter(worker -> worker.getBoolean("cordoned"))
                    .forEach(worker -> act(id(worker), "recycle"));
            return workers.size() == 2
                    && workers.stream().noneMatch(worker -> worker.getBoolean("cordoned"))
                    && admin.get(POOL).json().getInt("idle") == 2;
        });
    }

    private static String id(JsonObject worker) {
        return worker.getString("id");
    }

    private List<String> workers() {
        return admin.get(WORKERS).items().stream().map(RestCareIT::id).toList();
    }

    private RestAnswer act(String worker, String act) {
        return post(WORKERS + "/" + worker + "/" + act);
    }

    private RestAnswer post(String path) {
        return admin.post(path, "{\"reason\": \"" + reason + "\"}");
    }

    /** Who did what to which, and what it changed; the newest first. */
    private List<String> audited() {
        return admin.get("/api/v1/audit?limit=20").items().stream()
                .filter(row -> row.getString("reason", "").equals(reason))
                .map(row -> "%s %s %s: %s -> %s"
                        .formatted(
                                row.getString("principal"),
                                row.getString("action"),
                                row.getString("subject"),
                                row.getString("before", ""),
                                row.getString("after", "")))
                .toList();
    }

    @Test
    void aCordonedWorkerMustServeNothingUntilThatIsTakenBack() {
        String worker = workers().get(0);

        JsonObject cordoned = act(worker, "cordon").json();
        assertThat(id(cordoned)).isEqualTo(worker);
        assertThat(cordoned.getBoolean("cordoned")).isTrue();
        assertThat(admin.get(WORKERS + "/" + worker).json().getBoolean("cordoned"))
                .isTrue();
        for (int i = 0; i < 8; i++) {
            JsonObject servedBy = admin.call(PID).json().getJsonObject("worker");
            assertThat(id(servedBy)).isNotEqualTo(worker);
        }

        assertThat(act(worker, "uncordon").json().getBoolean("cordoned")).isFalse();
        assertThat(audited())
                .containsExactly(
                        "admin uncordon worker " + worker + ": cordoned -> serving",
                        "admin cordon worker " + worker + ": serving -> cordoned");
    }

    @Test
    void moreCordonsThanThereAreSparePlacesMustBeRefusedAndNotBeInTheAudit() {
        List<String> workers = workers();
        act(workers.get(0), "cordon").json();

        act(workers.get(1), "cordon").problem(409, "ILLEGAL_STATE");

        assertThat(audited()).hasSize(1);
        act(workers.get(0), "uncordon").json();
    }

    @Test
    void aRecycledWorkerMustBeReplaced() {
        String worker = workers().get(0);

        JsonObject told = act(worker, "recycle").json(202);

        assertThat(id(told)).isEqualTo(worker);
        Await.until("another is in its place", () -> {
            List<String> now = workers();
            return now.size() == 2 && !now.contains(worker);
        });
        assertThat(audited()).containsExactly("admin recycle worker " + worker + ":  -> ");
    }

    @Test
    void aReloadMustReplaceEveryWorkerAndFailNoCall() throws Exception {
        List<String> before = workers();
        AtomicBoolean over = new AtomicBoolean();
        Background<List<RestAnswer>> calls = Background.of(() -> {
            List<RestAnswer> answers = new ArrayList<>();
            while (!over.get()) {
                answers.add(admin.call(PID));
            }
            return answers;
        });
        try {
            JsonObject reload = post(POOL + "/reload").json(202);

            assertThat(Shape.of(reload)).isEqualTo(Shape.of(RestDocument.sampleWith("replaced")));
            assertThat(reload.getJsonArray("replaced").getValuesAs(JsonString::getString))
                    .containsExactlyElementsOf(before);
            Await.until(
                    "all are replaced",
                    () -> workers().stream().noneMatch(before::contains)
                            && workers().size() == 2);
        } finally {
            over.set(true);
        }
        assertThat(calls.value()).isNotEmpty().extracting(RestAnswer::status).containsOnly(200);
        assertThat(audited()).containsExactly("admin reload pool default:  -> ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/workers/nope/cordon", "/workers/nope/uncordon", "/workers/nope/recycle", "/pools/nope/reload"})
    void whatIsNotThereMustBeToldAndNotBeInTheAudit(String path) {
        post("/api/v1" + path).problem(404, "NOT_FOUND");

        assertThat(audited()).isEmpty();
    }

    @Test
    void aLookAtAWorkerMustShowItsCallAndLetItGoOn() throws Exception {
        Background<RestAnswer> call = Background.of(() -> admin.call("""
                {"function": "hello.sleep", "arguments": {"seconds": 5}, "timeout": "PT20S"}
                """));
        AtomicReference<String> busy = new AtomicReference<>();
        Await.until("the call runs", () -> {
            admin.get(WORKERS).items().stream()
                    .filter(worker -> worker.containsKey("currentCall"))
                    .forEach(worker -> busy.set(worker.getString("id")));
            return busy.get() != null;
        });
        String worker = WORKERS + "/" + busy.get();

        RestAnswer stacks = admin.send("POST", worker + "/dump", BodyPublishers.noBody());
        RestAnswer profile = admin.send("POST", worker + "/profile?duration=PT0.3S", BodyPublishers.noBody());

        assertThat(stacks.status()).isEqualTo(200);
        assertThat(stacks.header("Content-Type")).isEqualTo("text/plain;charset=utf-8");
        assertThat(stacks.body()).contains("Thread MainThread, in call").contains("hello.py");
        assertThat(profile.body()).matches("(?s)hello\\.sleep:[0-9]+ [0-9]+\n.*");
        assertThat(call.value().json().getJsonNumber("result").doubleValue()).isEqualTo(5);
        assertThat(audited()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "-PT1S", "PT2M", "1", "", "PT1S&duration=PT2S", "PT1S&seconds=1"})
    void aProfileOfNoTimeMustBeRefused(String duration) {
        String path = WORKERS + "/" + workers().get(0) + "/profile?duration=" + duration;

        admin.send("POST", path, BodyPublishers.noBody()).problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void theReasonMayBeLeftOut() {
        String worker = workers().get(0);

        assertThat(admin.send("POST", WORKERS + "/" + worker + "/cordon", BodyPublishers.noBody())
                        .json()
                        .getBoolean("cordoned"))
                .isTrue();
        assertThat(admin.post(WORKERS + "/" + worker + "/uncordon", "{}").json().getBoolean("cordoned"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "application/json, {\"reason\": 1},           400",
                "application/json, {\"reason\": \"a\\nb\"},   400",
                "application/json, {\"why\": \"x\"},          400",
                "application/json, [],                        400",
                "application/json, {,                         400",
                "text/plain,       {\"reason\": \"x\"},       415",
            })
    void aBodyThatIsNoReasonMustBeRefusedAndNothingBeDone(String type, String body, int status) {
        String worker = workers().get(0);

        admin.with("Content-Type", type)
                .send("POST", WORKERS + "/" + worker + "/cordon", BodyPublishers.ofString(body))
                .problem(status, "INVALID_ARGUMENT");

        assertThat(admin.get(WORKERS + "/" + worker).json().getBoolean("cordoned"))
                .isFalse();
    }

    @Test
    void theCatalogueMustHaveTheDocumentedShape() {
        JsonObject greet = admin.get(POOL + "/functions?limit=500").items().stream()
                .filter(function -> function.getString("name").equals("hello.greet"))
                .findFirst()
                .orElseThrow();

        JsonObject documented = RestDocument.sampleWith("returns");
        assertThat(Shape.of(greet)).isEqualTo(Shape.of(documented).replace("timeout: string, ", ""));
        assertThat(greet.getString("returns")).isEqualTo("str");
        assertThat(greet.getJsonArray("parameters").getJsonObject(0).getString("name"))
                .isEqualTo("name");
        admin.get("/api/v1/pools/nope/functions").problem(404, "NOT_FOUND");
    }
}
