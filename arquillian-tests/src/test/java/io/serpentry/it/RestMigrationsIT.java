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
import io.serpentry.testkit.Samples;
import io.serpentry.testkit.Shape;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Migrations over REST, from the first look to the way back, as docs/rest.md promises them. */
@Tag("core")
class RestMigrationsIT {

    private static final int OFFSET = 6800;
    private static final String MIGRATIONS = "/api/v1/migrations";
    private static final String WORKERS = "/api/v1/workers";
    /** From so many on the rule finds a pool uneven. */
    private static final int CROWD = 30;

    private static RunningServer server;
    private static RestUser admin;

    private final String prefix = "moved-" + UUID.randomUUID() + "-";
    private final String reason = "because of " + UUID.randomUUID();

    @TempDir
    Path gates;

    private String first;
    private String second;

    @BeforeAll
    static void start() throws IOException {
        server = RunningServer.start(
                OFFSET,
                Map.of(
                        "SERPENTRY_MIGRATION_RULE_INTERVAL", "PT0.5S",
                        "SERPENTRY_MIGRATION_RULE_REBALANCE", "propose",
                        "SERPENTRY_MIGRATION_RULE_REBALANCE_MINSESSIONS", Integer.toString(CROWD)));
        admin = RestUser.admin(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void awaitTwoWorkers() {
        Await.until("two workers are idle and none is in care", () -> {
            List<JsonObject> workers = admin.get(WORKERS).items();
            return workers.size() == 2
                    && workers.stream().noneMatch(worker -> worker.getBoolean("cordoned"))
                    && admin.get("/api/v1/pools/default").json().getInt("idle") == 2;
        });
        List<JsonObject> workers = admin.get(WORKERS).items();
        first = workers.get(0).getString("id");
        second = workers.get(1).getString("id");
    }

    @AfterEach
    void endSessions() {
        admin.get("/api/v1/sessions?limit=500&q=" + prefix).items().stream()
                .map(session -> admin.delete("/api/v1/sessions/" + session.getString("id")))
                .forEach(answer -> assertThat(answer.status()).isEqualTo(204));
        Await.until("none is warm any more", () -> admin.get(WORKERS).items().stream()
                .allMatch(worker -> worker.getInt("sessions") == 0));
    }

    // ---- what is asked

    /** Sessions that were called once, all warm in one worker. */
    private List<String> warmIn(String worker, int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = prefix + i;
            ids.add(id);
            admin.post("/api/v1/sessions", "{\"id\": \"" + id + "\"}").json(201);
            admin.call("{\"function\": \"notebook.append\", \"session\": \"" + id
                            + "\", \"arguments\": {\"text\": \"line\"}}")
                    .json();
        }
        ended(begun("\"kind\": \"migrate\", \"sessions\": " + array(ids) + ", \"to\": \"" + worker + "\""));
        return ids;
    }

    private static String array(List<String> texts) {
        return Json.createArrayBuilder(texts).build().toString();
    }

    private JsonObject begun(String members) {
        return admin.post(MIGRATIONS, "{" + members + ", \"reason\": \"" + reason + "\"}")
                .json(202);
    }

    private static JsonObject find(JsonObject migration) {
        return admin.get(MIGRATIONS + "/" + migration.getString("id")).json();
    }

    private static JsonObject in(JsonObject migration, String... states) {
        Await.until("migration " + migration.getString("id") + " is one of " + List.of(states), () -> List.of(states)
                .contains(find(migration).getString("state")));
        return find(migration);
    }

    private static JsonObject ended(JsonObject migration) {
        return in(migration, "done", "rolled-back");
    }

    private RestAnswer act(JsonObject migration, String act) {
        return admin.post(MIGRATIONS + "/" + migration.getString("id") + "/" + act, "{\"reason\": \"" + reason + "\"}");
    }

    /** What was done to a migration, the newest first. */
    private List<String> audited(JsonObject migration) {
        return admin.get("/api/v1/audit?limit=100").items().stream()
                .filter(row -> row.getString("subject", "").equals("migration " + migration.getString("id")))
                .map(row -> "%s %s: %s -> %s (%s)"
                        .formatted(
                                row.getString("principal"),
                                row.getString("action"),
                                row.getString("before", ""),
                                row.getString("after", ""),
                                row.getString("reason", "").replace(reason, "why")))
                .toList();
    }

    private static double count(String metric, String... labels) {
        return Samples.of(server).sum(metric, labels);
    }

    // ---- tests

    @Test
    void whatWasShownMustBeWhatIsDoneAndBeToldEverywhereAndBeTakenBack() {
        List<String> ids = warmIn(first, 3);
        String order =
                "\"kind\": \"migrate\", \"pool\": \"default\", \"from\": \"" + first + "\", \"to\": \"" + second + "\"";
        double done = count("serpentry_migrations_total", "kind", "migrate", "outcome", "done");
        double timed = count("serpentry_migration_seconds_count", "kind", "migrate", "outcome", "done");
        double moved = count("serpentry_migrated_sessions_total", "result", "moved");
        double returned = count("serpentry_migrated_sessions_total", "result", "returned");
        double takenBack = count("serpentry_migrations_total", "kind", "migrate", "outcome", "taken_back");
        double rolledBack = count("serpentry_migrations_total", "outcome", "rolled_back");
        try (EventListener listener = EventListener.on(server, "?types=session.moved,migration.changed", null)) {
            JsonObject plan =
                    admin.post(MIGRATIONS + "?dryRun=true", "{" + order + "}").json();
            JsonObject documented = RestDocument.sampleWith("moves", "plan");
            assertThat(plan.keySet()).isEqualTo(documented.keySet());
            assertThat(Shape.of(plan.getJsonArray("moves").getJsonObject(0)))
                    .isEqualTo(Shape.of(documented.getJsonArray("moves").getJsonObject(0)));
            assertThat(plan.getJsonObject("before").getInt(first)).isEqualTo(3);
            assertThat(plan.getJsonObject("after").getInt(second)).isEqualTo(3);

            JsonObject migration = begun(order + ", \"plan\": \"" + plan.getString("plan") + "\"");
            JsonObject ended = ended(migration);

            assertThat(ended.getString("state")).as(ended.toString()).isEqualTo("done");
            assertThat(ended.getString("plan")).isEqualTo(plan.getString("plan"));
            List<JsonObject> receipts = admin.get(MIGRATIONS + "/" + ended.getString("id") + "/receipts?limit=2")
                    .items();
            assertThat(receipts).hasSize(2);
            assertThat(Shape.of(receipts.get(0))).isEqualTo(Shape.of(RestDocument.sampleWith("number", "before")));
            assertThat(receipts.get(0).getString("session"))
                    .isEqualTo(plan.getJsonArray("moves").getJsonObject(0).getString("session"));
            Await.until(
                    "it is timed",
                    () -> count("serpentry_migration_seconds_count", "kind", "migrate", "outcome", "done")
                            == timed + 1);
            assertThat(count("serpentry_migrations_total", "kind", "migrate", "outcome", "done"))
                    .isEqualTo(done + 1);
            assertThat(count("serpentry_migrated_sessions_total", "result", "moved"))
                    .isEqualTo(moved + 3);

            act(ended, "rollback").json(202);
            assertThat(in(ended, "rolled-back").getJsonObject("progress").getInt("returned"))
                    .isEqualTo(3);
            Await.until(
                    "it is counted",
                    () -> count("serpentry_migrations_total", "kind", "migrate", "outcome", "taken_back")
                            == takenBack + 1);
            assertThat(count("serpentry_migrated_sessions_total", "result", "returned"))
                    .isEqualTo(returned + 3);
            assertThat(count("serpentry_migrations_total", "outcome", "rolled_back"))
                    .isEqualTo(rolledBack);
            String before = first + ": 3, " + second + ": 0";
            String after = first + ": 0, " + second + ": 3";
            assertThat(audited(ended))
                    .containsExactly(
                            "admin roll back migration: done -> rolling-back (why)",
                            "admin migrate: " + before + " -> " + after + " (why)");
            Await.until("all of it was told", () -> states(listener, ended).contains("rolled-back"));
            assertThat(states(listener, ended))
                    .containsExactly("running", "verifying", "done", "rolling-back", "rolled-back");
            assertThat(listener.heard("session.moved"))
                    .filteredOn(event -> !data(event).getBoolean("returned"))
                    .extracting(event -> data(event).getString("session"))
                    .containsExactlyInAnyOrderElementsOf(ids);
            assertThat(listener.heard("session.moved"))
                    .filteredOn(event -> data(event).getBoolean("returned"))
                    .hasSize(3)
                    .allMatch(event -> data(event).getString("to").equals(first));
        }
    }

    private static JsonObject data(EventListener.Heard event) {
        return event.data().getJsonObject("data");
    }

    private static List<String> states(EventListener listener, JsonObject migration) {
        return listener.heard("migration.changed").stream()
                .map(RestMigrationsIT::data)
                .filter(data -> data.getString("migration").equals(migration.getString("id")))
                .map(data -> data.getString("state"))
                .toList();
    }

    @Test
    void anotherPlanThanTheOneThatWasShownMustNotBegin() {
        warmIn(first, 1);

        admin.post(
                        MIGRATIONS,
                        "{\"kind\": \"migrate\", \"from\": \"" + first + "\", \"to\": \"" + second
                                + "\", \"plan\": \"plan-0\"}")
                .problem(409, "ILLEGAL_STATE");
    }

    /** The worker is held by a call as long as the test wants. */
    @Test
    void aMigrationMustBePausedAndResumedAndCancelledWithARowForEach() throws Exception {
        Path begun = gates.resolve("begun");
        Path release = gates.resolve("release");
        Background<RestAnswer> call = Background.of(() -> admin.call(
                "{\"function\": \"probe.wait_for\", \"arguments\": {\"started\": \"%s\", \"release\": \"%s\"}}"
                        .formatted(begun, release)));
        Await.until("the call runs", () -> Files.exists(begun));
        String held = admin.get(WORKERS).items().stream()
                .filter(worker -> worker.containsKey("currentCall"))
                .findFirst()
                .orElseThrow()
                .getString("id");
        JsonObject migration = begun("\"kind\": \"evacuate\", \"from\": \"" + held + "\"");

        assertThat(act(migration, "pause").json().getString("state")).isEqualTo("paused");
        act(migration, "pause").problem(409, "ILLEGAL_STATE");
        assertThat(act(migration, "resume").json().getString("state")).isEqualTo("running");
        act(migration, "cancel").json(202);
        assertThat(in(migration, "rolled-back").getString("outcome")).isEqualTo("cancelled by admin: " + reason);

        Files.createFile(release);
        call.value().json();
        List<String> rows = audited(migration);
        assertThat(rows.subList(0, 3))
                .containsExactly(
                        "admin cancel migration: running -> rolling-back (why)",
                        "admin resume migration: paused -> running (why)",
                        "admin pause migration: running -> paused (why)");
        assertThat(rows).hasSize(4).last().asString().startsWith("admin evacuate: ");
    }

    @Test
    void anEvacuationMustHaveTheDocumentedShape() {
        warmIn(first, 2);

        JsonObject done = ended(admin.post(
                        WORKERS + "/" + first + "/evacuate", "{\"deadline\": \"PT1M\", \"reason\": \"" + reason + "\"}")
                .json(202));

        assertThat(done.getString("state")).as(done.toString()).isEqualTo("done");
        assertThat(Shape.of(done)).isEqualTo(Shape.of(RestDocument.sampleWith("progress")));
        assertThat(admin.get(MIGRATIONS + "?limit=1").items()).containsExactly(done);
    }

    @Test
    void whatARuleHasProposedMustBeginWhenSomebodyStartsIt() {
        warmIn(first, CROWD);
        List<JsonObject> proposals = new ArrayList<>();
        Await.until("it is proposed", () -> {
            admin.get(MIGRATIONS).items().stream()
                    .filter(migration -> migration.getString("state").equals("planned"))
                    .forEach(proposals::add);
            return !proposals.isEmpty();
        });
        JsonObject proposal = proposals.get(0);

        act(proposal, "pause").problem(409, "ILLEGAL_STATE");
        act(proposal, "start").json(202);

        JsonObject done = ended(proposal);
        assertThat(done.getString("by")).isEqualTo("rule:rebalance");
        assertThat(done.getString("state")).as(done.toString()).isEqualTo("done");
        assertThat(admin.get(WORKERS).items())
                .extracting(worker -> worker.getInt("sessions"))
                .containsOnly(CROWD / 2);
        assertThat(audited(proposal)).containsExactly("admin start migration: planned -> running (why)");
    }
}
