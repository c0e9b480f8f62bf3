// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestDocument;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Shape;
import io.serpentry.testkit.SharedServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that leave by REST as a file and come back from it. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestArchiveIT {

    private static final String SESSIONS = "/api/v1/sessions";
    private static final String IMPORT = SESSIONS + "/import";
    private static final String JSON_LINES = "application/x-ndjson";

    private final String owner = "owner-" + UUID.randomUUID();
    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
    }

    /** The path of a new session with two entries and a counter. */
    private String created(String name) {
        String session = SESSIONS + "/" + name + "." + owner;
        admin.post(SESSIONS, """
                {"id": "%s.%s", "owner": "%s", "idleTimeout": "PT30M", "lifetime": "P1D", "metadata": {"branch": "nörth"},
                 "entries": {"answer": [42, "ä"], "empty": {}}}
                """.formatted(name, owner, owner)).json(201);
        admin.patch(session, "{\"increments\": {\"calls\": -3}}").json();
        return session;
    }

    private String exported(String session) {
        return file(admin.send("POST", session + "/export", BodyPublishers.noBody()));
    }

    private String exportedAll() {
        return file(admin.send("POST", SESSIONS + "/export?sort=id&filter=owner:" + owner, BodyPublishers.noBody()));
    }

    private static String file(RestAnswer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo(JSON_LINES);
        return answer.body();
    }

    private RestAnswer imported(String file, String query) {
        return imported(admin, file, query);
    }

    private static RestAnswer imported(RestUser user, String file, String query) {
        return user.with("Content-Type", JSON_LINES).send("POST", IMPORT + query, BodyPublishers.ofString(file));
    }

    private static JsonObject json(String line) {
        try (JsonReader reader = Json.createReader(new StringReader(line))) {
            return reader.readObject();
        }
    }

    /** The lines of what is kept, without what is new after an import. */
    private static List<String> kept(String file) {
        return file.lines()
                .filter(line -> line.contains("\"type\":\"entry\"") || line.contains("\"type\":\"session\""))
                .map(line -> line.replaceAll("\"(version|revision|lastAccessedAt|expiresAt)\":(\"[^\"]*\"|\\d+),?", ""))
                .toList();
    }

    private static List<String> digests(JsonObject session) {
        return session.getJsonArray("entries").getValuesAs(JsonObject.class).stream()
                .map(entry ->
                        entry.getString("name") + " " + entry.getString("sha256") + " " + entry.getBoolean("counter"))
                .toList();
    }

    private void requireGone(String... sessions) {
        for (String session : sessions) {
            admin.get(session).problem(404, "SESSION_NOT_FOUND");
        }
    }

    @Test
    void anExportMustComeAsAFileWithItsDigestInTheLastLine() throws Exception {
        String session = created("one");

        RestAnswer answer = admin.send("POST", session + "/export", BodyPublishers.noBody());

        assertThat(answer.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"session-one." + owner + ".jsonl\"");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        List<String> lines = file(answer).lines().toList();
        assertThat(lines.stream().map(line -> json(line).getString("type")))
                .containsExactly("header", "session", "entry", "entry", "entry", "end", "footer");
        String before = String.join("\n", lines.subList(0, 6)) + "\n";
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(before.getBytes(UTF_8));
        assertThat(json(lines.get(6)).getString("sha256"))
                .isEqualTo(HexFormat.of().formatHex(digest));
    }

    @Test
    void aSessionMustComeBackFromItsFileWithTheSameDigests() {
        String session = created("one");
        JsonObject before = admin.get(session).json();
        String file = exported(session);
        admin.delete(session);

        JsonObject report = imported(file, "").json();

        assertThat(report.getJsonObject("sessions"))
                .hasToString("{\"created\":1,\"expired\":0,\"refused\":0,\"replaced\":0,\"skipped\":0}");
        assertThat(report.getInt("entries")).isEqualTo(3);
        assertThat(report.getBoolean("intact")).isTrue();
        JsonObject after = admin.get(session).json();
        for (String kept : List.of("owner", "kind", "createdAt", "idleTimeout", "lifetime", "metadata", "bytes")) {
            assertThat(after.get(kept)).as(kept).isEqualTo(before.get(kept));
        }
        assertThat(digests(after)).hasSize(3).isEqualTo(digests(before));
        assertThat(admin.get(session + "/entries/answer").body()).isEqualTo("[42,\"ä\"]");
        assertThat(admin.patch(session, "{\"increments\": {\"calls\": 1}}")
                        .json()
                        .getJsonObject("counters")
                        .getInt("calls"))
                .isEqualTo(-2);
    }

    @Test
    void whatAFilterShowsMustLeaveTogetherAndComeBackTogether() {
        String one = created("one");
        String two = created("two");
        String file = exportedAll();
        admin.delete(one);
        admin.delete(two);

        JsonObject report = imported(file, "").json();

        assertThat(report.getJsonObject("sessions").getInt("created")).isEqualTo(2);
        assertThat(kept(file)).hasSize(8);
        assertThat(kept(exportedAll())).isEqualTo(kept(file));
    }

    @Test
    void anExportOfNothingMustBeAFileToo() {
        JsonObject report = imported(exportedAll(), "").json();

        assertThat(report.getBoolean("intact")).isTrue();
        assertThat(report.getInt("entries")).isZero();
    }

    @Test
    void aFileThatIsLargerThanOtherBodiesMayBeMustBeImportedAsItComes() {
        String id = "large." + owner;
        admin.post(SESSIONS, "{\"id\": \"" + id + "\", \"owner\": \"" + owner + "\"}")
                .json(201);
        String content = "x".repeat(7_000_000);
        for (String name : List.of("a", "b")) {
            admin.patch(SESSIONS + "/" + id, "{\"entries\": {\"" + name + "\": \"" + content + "\"}}")
                    .json();
        }
        List<String> before = digests(admin.get(SESSIONS + "/" + id).json());
        byte[] file = exported(SESSIONS + "/" + id).getBytes(UTF_8);

        JsonObject report = admin.with("Content-Type", JSON_LINES)
                .send(
                        "POST",
                        IMPORT + "?existing=replace",
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(file)))
                .json();

        assertThat(file).hasSizeGreaterThan(16 << 20);
        assertThat(report.getJsonObject("sessions").getInt("replaced")).isEqualTo(1);
        assertThat(digests(admin.get(SESSIONS + "/" + id).json())).isEqualTo(before);
        admin.delete(SESSIONS + "/" + id);
    }

    @Test
    void aSessionThatExistsMustRefuseTheFileUnlessItIsToBeSkippedOrReplaced() {
        String one = created("one");
        String two = created("two");
        String file = exportedAll();
        admin.delete(two);
        admin.patch(one, "{\"entries\": {\"answer\": 7}}").json();

        JsonObject problem = imported(file, "").problem(409, "SESSION_EXISTS");
        assertThat(problem.getJsonObject("context").getString("session")).isEqualTo("one." + owner);
        assertThat(problem.getJsonObject("context").getString("line")).isEqualTo("2");
        requireGone(two);

        JsonObject skipped = imported(file, "?existing=skip").json();
        assertThat(skipped.getJsonObject("sessions").getInt("skipped")).isEqualTo(1);
        assertThat(skipped.getJsonObject("sessions").getInt("created")).isEqualTo(1);
        assertThat(admin.get(one + "/entries/answer").body()).isEqualTo("7");

        JsonObject replaced = imported(file, "?existing=replace").json();
        assertThat(replaced.getJsonObject("sessions").getInt("replaced")).isEqualTo(2);
        assertThat(admin.get(one + "/entries/answer").body()).isEqualTo("[42,\"ä\"]");
    }

    /** Of two sessions: line 1 is the header, lines 2 and 7 begin a session, 6 and 11 end it, 12 is the last. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1  | \"version\":1  | \"version\":2  | 1  | a newer release has written it",
                "7  | branch         | brunch         | 11 | are not those that were exported",
                "8  | \"content\":\"W | \"content\":\"X | 8  | is not what its size and digest say",
                "9  | \"calls\"      | \"Calls\"      | 11 | are not those that were exported",
                "11 | \"entries\":3  | \"entries\":2  | 11 | should have 3 entries",
                "12 | \"sessions\":2 | \"sessions\":1 | 12 | it counts 1 sessions",
            })
    void anAlteredFileMustBeRefusedWithLineAndReasonBeforeAnythingIsChanged(
            int line, String what, String by, String reported, String reason) {
        String one = created("one");
        String two = created("two");
        List<String> lines = new ArrayList<>(exportedAll().lines().toList());
        admin.delete(one);
        admin.delete(two);
        assertThat(lines.get(line - 1)).contains(what);
        lines.set(line - 1, lines.get(line - 1).replace(what, by));

        JsonObject problem = imported(file(lines), "").problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getString("detail")).contains("nothing was changed").contains(reason);
        assertThat(problem.getJsonObject("context").getString("line")).isEqualTo(reported);
        assertThat(problem.getBoolean("retryable")).isFalse();
        requireGone(one, two);
    }

    private static String file(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }

    /** @param kept how many lines are left of twelve */
    @ParameterizedTest
    @CsvSource({"1, 0, 1", "6, 0, 6", "7, 0, 7", "9, 20, 10", "11, 0, 11", "11, 20, 12"})
    void aTruncatedFileMustBeRefusedWithItsLastLineBeforeAnythingIsChanged(int kept, int more, String reported) {
        String one = created("one");
        String two = created("two");
        List<String> lines = exportedAll().lines().toList();
        admin.delete(one);
        admin.delete(two);
        String truncated = file(lines.subList(0, kept)) + lines.get(kept).substring(0, more);

        JsonObject problem = imported(truncated, "").problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getString("detail"))
                .contains("nothing was changed")
                .containsAnyOf("it was truncated", "ends within");
        assertThat(problem.getJsonObject("context").getString("line")).isEqualTo(reported);
        requireGone(one, two);
    }

    @Test
    void sessionBySessionWhatIsWholeMustBeCreatedAndTheRestReported() {
        String one = created("one");
        String two = created("two");
        List<String> lines = new ArrayList<>(exportedAll().lines().toList());
        admin.delete(one);
        admin.delete(two);
        lines.set(6, lines.get(6).replace("branch", "brunch"));

        JsonObject report = imported(file(lines), "?mode=session-by-session").json();

        assertThat(report.getBoolean("intact")).isFalse();
        assertThat(report.getJsonObject("sessions").getInt("created")).isEqualTo(1);
        assertThat(report.getJsonObject("sessions").getInt("refused")).isEqualTo(1);
        // The last line's digest does not fit either: a problem of the file, not of a session.
        assertThat(Shape.of(report).replace(" | {line: integer, code: string, message: string}", ""))
                .isEqualTo(Shape.of(RestDocument.sampleWith("intact")));
        JsonObject problem = report.getJsonArray("problems").getJsonObject(0);
        assertThat(problem.getInt("line")).isEqualTo(11);
        assertThat(problem.getString("session")).isEqualTo("two." + owner);
        assertThat(admin.get(one).status()).isEqualTo(200);
        requireGone(two);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | the file is empty",
                "{} | type",
                "{\"type\":\"footer\"} | sessions",
                "[1] | object",
                "<xml/> | JSON"
            })
    void whatIsNoArchiveMustBeRefusedInItsFirstLine(String body, String reason) {
        JsonObject problem = imported(body.isEmpty() ? "" : body + "\n", "").problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getString("detail")).contains(reason);
        assertThat(problem.getJsonObject("context").getString("line")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "text/plain",
                "application/octet-stream",
                "multipart/form-data; boundary=x",
                "*/*",
                ""
            })
    void aFileThatIsNotDeclaredAsJsonLinesMustNotBeImported(String type) {
        String one = created("one");
        String file = exported(one);
        admin.delete(one);

        RestUser user = type.isEmpty() ? admin : admin.with("Content-Type", type);
        JsonObject problem =
                user.send("POST", IMPORT, BodyPublishers.ofString(file)).problem(415, "INVALID_ARGUMENT");

        assertThat(problem.getString("detail")).contains(JSON_LINES);
        requireGone(one);
    }

    @ParameterizedTest
    @CsvSource({
        "/import?mode=WHOLE_FILE,    mode",
        "/import?existing=overwrite, existing",
        "/import?existing=skip&existing=skip, existing",
        "/import?dryRun=true,        dryRun",
        "/export?limit=10,           limit",
        "/export?cursor=a,           cursor",
        "/export?filter=name:a,      filter",
        "/a/export?filter=owner:a,   filter",
        "/a%20b/export,              session id"
    })
    void whatDoesNotFitMustBeNamed(String path, String field) {
        JsonObject problem = admin.with("Content-Type", JSON_LINES)
                .send("POST", SESSIONS + path, BodyPublishers.noBody())
                .problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getJsonObject("context").getString("field")).isEqualTo(field);
    }

    @Test
    void aSessionThatIsNotThereMustBeAProblemAndNoFile() {
        RestAnswer answer = admin.send("POST", SESSIONS + "/nope/export", BodyPublishers.noBody());

        answer.problem(404, "SESSION_NOT_FOUND");
        assertThat(answer.header("Content-Disposition")).isEmpty();
    }

    @Test
    void aConditionMustBeRefused() {
        RestUser conditional = admin.with("If-Match", "\"1\"");

        conditional
                .send("POST", SESSIONS + "/a/export", BodyPublishers.noBody())
                .problem(400, "INVALID_ARGUMENT");
        conditional.send("POST", SESSIONS + "/export", BodyPublishers.noBody()).problem(400, "INVALID_ARGUMENT");
        assertThat(imported(conditional, "", "")
                        .problem(400, "INVALID_ARGUMENT")
                        .getJsonObject("context")
                        .getString("field"))
                .isEqualTo("If-Match");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/export", "/a/export", "/import"})
    void aPageOfAnotherSiteMustGetNothing(String path) {
        admin.with("Origin", "http://evil.example")
                .with("Content-Type", JSON_LINES)
                .send("POST", SESSIONS + path, BodyPublishers.noBody())
                .problem(403, "FORBIDDEN");
    }

    @Test
    void anotherFormThanJsonLinesMustBeRefused() {
        assertThat(admin.with("Accept", "application/zip")
                        .send("POST", SESSIONS + "/export", BodyPublishers.noBody())
                        .problem(406, "INVALID_ARGUMENT")
                        .getString("detail"))
                .contains(JSON_LINES);
    }

    @Test
    void adminsAloneMustExportAndImport(RunningServer server) {
        String one = created("one");
        String file = exported(one);
        admin.delete(one);
        RestUser viewer = RestUser.added(server, "archive-viewer", "viewer");
        RestUser operator = RestUser.added(server, "archive-operator", "operator");

        for (RestUser user : List.of(viewer, operator)) {
            imported(user, file, "").problem(403, "FORBIDDEN");
        }
        imported(RestUser.anonymous(server), file, "").problem(401, "FORBIDDEN");
        requireGone(one);
        imported(file, "").json();

        for (String path : List.of(one + "/export", SESSIONS + "/export?filter=owner:" + owner)) {
            viewer.send("POST", path, BodyPublishers.noBody()).problem(403, "FORBIDDEN");
            operator.send("POST", path, BodyPublishers.noBody()).problem(403, "FORBIDDEN");
            RestUser.anonymous(server)
                    .send("POST", path, BodyPublishers.noBody())
                    .problem(401, "FORBIDDEN");
            assertThat(kept(file(admin.send("POST", path, BodyPublishers.noBody()))))
                    .isEqualTo(kept(file));
        }
    }
}
