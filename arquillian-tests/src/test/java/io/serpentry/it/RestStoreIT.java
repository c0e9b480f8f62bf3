// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.ServerVariables;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the store refuses, can not read, or can not reach, as REST answers it: on a server with small limits. */
@Tag("core")
class RestStoreIT {

    private static final String SESSIONS = "/api/v1/sessions";
    private static final String CHECK = "/api/v1/stores/jpa/check";
    private static final String JSON_LINES = "application/x-ndjson";
    private static final int MAX_IMPORT = 1 << 18;
    private static final int MAX_ENTRY = 7_000_000;

    private static final Map<String, String> LIMITS = Map.of(
            "SERPENTRY_SESSION_MAXENTRIES", "5",
            "SERPENTRY_SESSION_MAXBYTES", Integer.toString(30_000_000),
            "SERPENTRY_SESSION_MAXENTRYSIZE", Integer.toString(MAX_ENTRY),
            "SERPENTRY_SESSION_MAXSESSIONSPEROWNER", "2",
            "SERPENTRY_IMPORT_MAXBYTES", Integer.toString(MAX_IMPORT));

    private static final PostgresServer POSTGRES = PostgresServer.start();
    private static final String DATABASE = POSTGRES.createDatabase();
    private static RunningServer server;

    private final String owner = "owner-" + UUID.randomUUID();
    private final String session = SESSIONS + "/s." + owner;
    private RestUser admin;

    @BeforeAll
    static void startWithSmallLimits() throws IOException {
        server = RunningServer.start(5800, ServerVariables.of(POSTGRES, DATABASE, LIMITS), "--workers", "1");
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
    void createSession() {
        admin = RestUser.admin(server);
        create("s", "{\"x\": 1, \"y\": [2]}").json(201);
    }

    @AfterEach
    void recover() {
        if (!POSTGRES.isRunning()) {
            POSTGRES.restart();
        }
        Await.until(
                "the store is back",
                () -> admin.get(SESSIONS).status() == 200 && circuit().equals("closed"));
    }

    private RestAnswer create(String name, String entries) {
        return admin.post(
                SESSIONS,
                "{\"id\": \"%s.%s\", \"owner\": \"%s\", \"entries\": %s}".formatted(name, owner, owner, entries));
    }

    private RestAnswer put(String name, String content) {
        return admin.patch(session, "{\"entries\": {\"" + name + "\": \"" + content + "\"}}");
    }

    private RestAnswer exported() {
        return admin.send("POST", session + "/export", BodyPublishers.noBody());
    }

    private RestAnswer imported(String file) {
        return admin.with("Content-Type", JSON_LINES).send("POST", SESSIONS + "/import", BodyPublishers.ofString(file));
    }

    private JsonObject store() {
        return admin.get("/api/v1/stores").items().get(0);
    }

    private String circuit() {
        return store().getString("circuit");
    }

    private static void requireQuota(RestAnswer answer, String quota, String limit, String wanted) {
        JsonObject problem = answer.problem(429, "QUOTA_EXCEEDED");
        assertThat(problem.getJsonObject("context"))
                .hasToString("{\"limit\":\"%s\",\"quota\":\"%s\",\"wanted\":\"%s\"}".formatted(limit, quota, wanted));
        assertThat(problem.getString("detail")).contains(quota);
        assertThat(problem.getBoolean("retryable")).isFalse();
    }

    @Test
    void tooManyEntriesMustBeRefusedWithTheQuota() {
        String four = "{\"entries\": {\"a\": 1, \"b\": 1, \"c\": 1, \"d\": 1}}";

        requireQuota(admin.patch(session, four), "serpentry.session.maxEntries", "5", "6");
        requireQuota(
                create("t", "{\"a\": 1, \"b\": 1, \"c\": 1, \"d\": 1, \"e\": 1, \"f\": 1}"),
                "serpentry.session.maxEntries",
                "5",
                "6");

        assertThat(admin.get(session).header("ETag")).isEqualTo("\"1\"");
    }

    @Test
    void tooManyBytesMustBeRefusedWithTheQuota() {
        String content = "x".repeat(MAX_ENTRY - 2);
        for (String name : List.of("x", "y", "z", "u")) {
            put(name, content).json();
        }
        String before = admin.get(session).header("ETag");

        // Each entry counts as whole KiB: 6,836 of them.
        requireQuota(put("v", content), "serpentry.session.maxBytes", "30000000", Integer.toString(5 * 6836 * 1024));

        assertThat(admin.get(session).header("ETag")).isEqualTo(before);
    }

    @Test
    void tooManySessionsOfAnOwnerMustBeRefusedWithTheQuota() {
        create("t", "{}").json(201);

        requireQuota(create("u", "{}"), "serpentry.session.maxSessionsPerOwner", "2", "3");
    }

    @Test
    void anEntryOverTheLimitMustBeRefusedWithIt() {
        JsonObject problem = put("x", "x".repeat(MAX_ENTRY - 1)).problem(413, "MESSAGE_TOO_LARGE");

        assertThat(problem.getJsonObject("context"))
                .hasToString("{\"field\":\"x\",\"limit\":\"%d\",\"size\":\"%d\"}".formatted(MAX_ENTRY, MAX_ENTRY + 1));
        assertThat(admin.get(session).header("ETag")).isEqualTo("\"1\"");
    }

    @Test
    void aFileOverTheLimitMustBeRefusedWithItWhetherItsLengthIsAnnouncedOrNot() {
        byte[] file = (exported().body() + " ".repeat(MAX_IMPORT)).getBytes(UTF_8);
        RestUser user = admin.with("Content-Type", JSON_LINES);
        admin.delete(session);

        for (var body : List.of(
                BodyPublishers.ofByteArray(file), BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(file)))) {
            JsonObject problem = user.send("POST", SESSIONS + "/import", body).problem(413, "MESSAGE_TOO_LARGE");
            assertThat(problem.getJsonObject("context").getString("limit")).isEqualTo(Integer.toString(MAX_IMPORT));
            assertThat(problem.getString("detail")).contains("serpentry.import.maxBytes");
        }

        admin.get(session).problem(404, "SESSION_NOT_FOUND");
    }

    @Test
    void aFileOverAQuotaMustBeRefusedWithTheLine() {
        String file = exported().body();
        admin.delete(session);
        create("t", "{}").json(201);
        create("u", "{}").json(201);

        JsonObject report = imported(file).json();

        assertThat(report.getJsonObject("sessions").getInt("refused")).isEqualTo(1);
        JsonObject problem = report.getJsonArray("problems").getJsonObject(0);
        assertThat(problem.getString("code")).isEqualTo("QUOTA_EXCEEDED");
        assertThat(problem.getInt("line")).isEqualTo(2);
    }

    /** Changes the stored bytes of the entry x. */
    private void damage(String table, String bytes) {
        POSTGRES.execute(
                DATABASE,
                "update %s set bytes = %s where session_id = 's.%s' and name = 'x'".formatted(table, bytes, owner));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "set_byte(bytes, 0, get_byte(bytes, 0) # 1); CHECKSUM",
                "bytes || bytes;                             LENGTH",
                "'';                                         LENGTH"
            })
    void aDamagedEntryMustBeNamedAndLeaveTheOthersReadable(String bytes, String reason) {
        damage("serpentry_entry", bytes);

        JsonObject problem = admin.get(session + "/entries/x").problem(500, "ENTRY_CORRUPT");

        assertThat(problem.getJsonObject("context"))
                .hasToString("{\"entry\":\"x\",\"reason\":\"%s\",\"session\":\"s.%s\",\"version\":\"1\"}"
                        .formatted(reason, owner));
        assertThat(problem.getBoolean("retryable")).isFalse();
        assertThat(admin.get(session + "/entries/y").body()).isEqualTo("[2]");
        JsonObject after = admin.get(session).json();
        assertThat(after.getString("state")).isEqualTo("damaged");
        assertThat(after.getJsonArray("entries").getJsonObject(0)).containsKey("quarantinedAt");
        assertThat(after.getJsonArray("entries").getJsonObject(1)).doesNotContainKey("quarantinedAt");
        assertThat(admin.get(SESSIONS + "?filter=state:damaged,owner:" + owner).items())
                .hasSize(1);
    }

    @Test
    void aDamagedEntryMustBeHealedByNewContentOrByAnEarlierVersion() {
        put("x", "two").json();
        damage("serpentry_entry", "''");
        admin.get(session + "/entries/x").problem(500, "ENTRY_CORRUPT");

        admin.post(session + "/restore", "{\"entry\": \"x\", \"version\": 1}").json();
        assertThat(admin.get(session + "/entries/x").body()).isEqualTo("1");
        assertThat(admin.get(session).json().getString("state")).isEqualTo("active");

        damage("serpentry_entry", "''");
        admin.get(session + "/entries/x").problem(500, "ENTRY_CORRUPT");
        put("x", "three").json();
        assertThat(admin.get(session + "/entries/x").body()).isEqualTo("\"three\"");
        assertThat(admin.get(session).json().getString("state")).isEqualTo("active");
    }

    @Test
    void aCheckMustFindWhatIsDamagedAndGoOnFromWhereItEnded() {
        damage("serpentry_entry", "''");

        JsonObject first = admin.post(CHECK + "?atMost=PT0S", "").json();
        String path = CHECK;
        List<JsonObject> found = new ArrayList<>();
        while (path != null) {
            JsonObject report = admin.post(path, "").json();
            found.addAll(report.getJsonArray("problems").getValuesAs(JsonObject.class));
            path = report.containsKey("next") ? CHECK + "?cursor=" + report.getString("next") : null;
        }

        assertThat(first.getInt("sessions")).isOne();
        assertThat(found)
                .filteredOn(problem -> problem.getString("session").equals("s." + owner))
                .hasSize(1)
                .allSatisfy(problem -> {
                    assertThat(problem.getString("entry")).isEqualTo("x");
                    assertThat(problem.getString("message")).contains("LENGTH");
                });
        assertThat(admin.get(session).json().getString("state")).isEqualTo("damaged");
        assertThat(POSTGRES.query(
                        DATABASE,
                        "select count(*) from serpentry_audit where action = 'read' and owner = '" + owner + "'",
                        Long.class))
                .isZero();
        assertThat(admin.get("/api/v1/audit?filter=action:check&limit=1").items())
                .extracting(row -> row.getString("subject"))
                .containsExactly("store jpa");
        admin.post("/api/v1/stores/other/check", "").problem(404, "NOT_FOUND");
    }

    @Test
    void aDamagedVersionMustNotBeRestored() {
        put("x", "two").json();
        damage("serpentry_entry_history", "''");
        String before = admin.get(session).header("ETag");

        for (String wanted : List.of("{\"entry\": \"x\", \"version\": 1}", "{\"revision\": 1}")) {
            JsonObject problem = admin.post(session + "/restore", wanted).problem(500, "ENTRY_CORRUPT");
            assertThat(problem.getJsonObject("context").getString("version")).isEqualTo("1");
        }

        assertThat(admin.get(session).header("ETag")).isEqualTo(before);
        assertThat(admin.get(session + "/entries/x").body()).isEqualTo("\"two\"");
    }

    @Test
    void aDamagedEntryMustBeMarkedInAFileAndLeftOutOfWhatIsImported() {
        damage("serpentry_entry", "''");
        String file = exported().body();
        admin.delete(session);

        JsonObject report = imported(file).json();

        assertThat(file).contains("\"quarantined\":\"LENGTH\"");
        assertThat(report.getJsonObject("sessions").getInt("created")).isEqualTo(1);
        assertThat(report.getInt("unreadable")).isEqualTo(1);
        assertThat(report.getBoolean("intact")).isTrue();
        JsonObject problem = report.getJsonArray("problems").getJsonObject(0);
        assertThat(problem.getString("code")).isEqualTo("ENTRY_CORRUPT");
        assertThat(problem.getInt("line")).isEqualTo(3);
        assertThat(admin.get(session + "/entries").items()).hasSize(1);
    }

    @Test
    void withoutItsDatabaseEachRequestMustBeRefusedForNow() {
        POSTGRES.stopImmediately();

        for (RestAnswer answer : List.of(
                admin.get(SESSIONS),
                admin.get(SESSIONS + "/unknown"),
                admin.get(session + "/entries/y"),
                admin.get(session + "/revisions"),
                admin.get(SESSIONS + "/statistics"),
                create("t", "{}"),
                put("x", "two"),
                admin.delete(session),
                admin.post(session + "/touch", ""),
                admin.post(session + "/restore", "{\"revision\": 1}"),
                exported(),
                admin.send("POST", SESSIONS + "/export", BodyPublishers.noBody()))) {
            JsonObject problem = answer.problem(503, "STORE_UNAVAILABLE");
            assertThat(problem.getBoolean("retryable")).isTrue();
            assertThat(problem.getJsonObject("context").getString("sent")).isIn("true", "false");
            assertThat(answer.header("Content-Disposition")).isEmpty();
        }
    }

    @Test
    void withoutItsDatabaseAFileMustNotBeImported() {
        String file = exported().body();
        admin.delete(session);
        POSTGRES.stopImmediately();

        imported(file).problem(503, "STORE_UNAVAILABLE");
        Await.until("the circuit is open", () -> {
            admin.get(session);
            return circuit().equals("open");
        });
        assertThat(store().getString("lastFailure")).isNotBlank();

        recover();
        assertThat(imported(file).json().getJsonObject("sessions").getInt("created"))
                .isEqualTo(1);
    }

    /** The client reads no further until the database is gone, and what lies between the two is smaller than the file. */
    @Test
    void anExportThatTheStoreBreaksOffMustNotPassForAWholeOne() throws Exception {
        String content = "x".repeat(MAX_ENTRY - 2);
        for (String name : List.of("x", "y", "z", "u")) {
            put(name, content).json();
        }

        String last = "";
        try (InputStream file = HttpClient.newHttpClient()
                        .send(
                                server.request(session + "/export")
                                        .POST(BodyPublishers.noBody())
                                        .build(),
                                BodyHandlers.ofInputStream())
                        .body();
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, UTF_8))) {
            assertThat(lines.readLine()).contains("\"header\"");
            POSTGRES.stopImmediately();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line;
            }
        } catch (IOException e) {
            last = "broken off";
        }

        assertThat(last).doesNotContain("\"footer\"");
        assertThat(String.join("\n", server.log())).contains("SERP00401");
    }
}
