// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused about sessions, and that nothing was done then. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestSessionErrorsIT {

    private static final String SESSIONS = "/api/v1/sessions";
    private static final String OPERATIONS = "/api/v1/operations";

    private RestUser admin;
    private String session;

    /** Whatever a test sends, this session stays as it is. */
    @BeforeEach
    void createSession(RunningServer server) {
        admin = RestUser.admin(server);
        session = SESSIONS + "/"
                + admin.post(SESSIONS, "{\"owner\": \"ada\", \"entries\": {\"x\": 1}}")
                        .json(201)
                        .getString("id");
    }

    @AfterEach
    void theSessionMustBeUnchanged() {
        assertThat(admin.get(session).header("ETag")).isEqualTo("\"1\"");
        assertThat(admin.get(session + "/entries/x").body()).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST  | /                | {'ids': 'a'}                         | ids",
                "POST  | /                | {'id': 'a b'}                        | session id",
                "POST  | /                | {'id': 'statistics'}                 | id",
                "POST  | /                | {'id': 'export'}                     | id",
                "POST  | /                | {'id': 'import'}                     | id",
                "POST  | /                | {'id': 7}                            | id",
                "POST  | /                | {'createdAt': '2026-01-02T03:04:05Z'} | createdAt",
                "POST  | /                | {'kind': 'eternal'}                  | kind",
                "POST  | /                | {'owner': ''}                        | owner",
                "POST  | /                | {'idleTimeout': 'PT-1S'}             | idleTimeout",
                "POST  | /                | {'lifetime': 'P99999999D'}           | lifetime",
                "POST  | /                | {'lifetime': '1 h'}                  | lifetime",
                "POST  | /                | {'metadata': {'a': 1}}               | metadata.a",
                "POST  | /                | {'entries': {'': 1}}                 | entry name",
                "POST  | /                | {'entries': {'a\\u0000b': 1}}        | entry name",
                "PATCH | /a%20b           | {}                                   | session id",
                "PATCH | SESSION          | {'id': 'a'}                          | id",
                "PATCH | SESSION          | {'entries': {'\\ud800': 1}}          | entry name",
                "PATCH | SESSION          | {'entries': {'x': 2}, 'increments': {'x': 1}} | entry name",
                "PATCH | SESSION          | {'entries': [1]}                     | entries",
                "PATCH | SESSION          | {'increments': {'n': 1e999999999}}   | increments.n",
                "PATCH | SESSION          | {'increments': {'n': 1.5}}           | increments.n",
                "PATCH | SESSION          | {'metadata': {'': null}}             | metadata key",
                "PATCH | SESSION?dryRun=1 | {'entries': {'x': 2}}                | dryRun",
                "POST  | SESSION/restore  | {'revision': '1'}                    | revision",
                "POST  | SESSION/restore  | {'revision': 9223372036854775808}    | revision",
                "POST  | SESSION/restore  | {'entry': '', 'version': 1}          | entry name",
                "POST  | SESSION/restore  | {'to': 1}                            | to",
                "POST  | SESSION/restore?dryRun=1 | {'revision': 1}              | dryRun",
                "POST  | SESSION/touch?until=1 | ``                              | until",
            })
    void whatDoesNotFitMustBeNamed(String method, String path, String body, String field) {
        String there = path.startsWith("SESSION")
                ? path.replace("SESSION", session)
                : SESSIONS + (path.equals("/") ? "" : path);

        RestAnswer answer = admin.with("Content-Type", "application/json")
                .send(method, there, BodyPublishers.ofString(body.replace('\'', '"')));

        JsonObject problem = answer.problem(400, "INVALID_ARGUMENT");
        assertThat(problem.getJsonObject("context").getString("field")).isEqualTo(field);
        assertThat(problem.getBoolean("retryable")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit=0             | limit",
                "limit=501           | limit",
                "limit=1&limit=2     | limit",
                "cursor=zz           | cursor",
                "cursor=             | cursor",
                "cursor=YWZ0ZXI6eA   | cursor",
                "sort=owner          | sort",
                "filter=name:a       | filter",
                "filter=kind:eternal | filter",
                "filter=kind:durable,kind:durable | filter",
                "filter=             | filter",
                "filter=,            | filter",
                "filter=owner:       | owner",
                "q=                  | q",
                "q=a%00              | q",
                "offset=3            | offset"
            })
    void aListThatCanNotBeMustBeRefused(String query, String field) {
        JsonObject problem = admin.get(SESSIONS + "?" + query).problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getJsonObject("context").getString("field")).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit=0             | limit",
                "limit=501           | limit",
                "limit=1&limit=2     | limit",
                "cursor=zz           | cursor",
                "cursor=             | cursor",
                "sort=id             | sort",
                "filter=owner:ada    | filter",
                "q=a                 | q"
            })
    void aListOfOperationsThatCanNotBeMustBeRefused(String query, String field) {
        JsonObject problem = admin.get(OPERATIONS + "?" + query).problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getJsonObject("context").getString("field")).isEqualTo(field);
    }

    @Test
    void anOperationThatIsNotThereMustNotBeShown() {
        String nobodys = OPERATIONS + "/7a0e6f3c-52a1-4be1-93a4-52b8b0f0c9d1";

        admin.get(nobodys).problem(404, "NOT_FOUND");
        admin.get(OPERATIONS + "/a%20b").problem(400, "INVALID_ARGUMENT");
        admin.get(nobodys + "?all=true").problem(400, "INVALID_ARGUMENT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "atMost=10      | atMost",
                "atMost=-PT1S   | atMost",
                "atMost=PT61S   | atMost",
                "cursor=zz      | cursor",
                "limit=1        | limit"
            })
    void aCheckOfTheStoreThatCanNotBeMustBeRefused(String query, String field) {
        JsonObject problem = admin.post("/api/v1/stores/jpa/check?" + query, "").problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getJsonObject("context").getString("field")).isEqualTo(field);
    }

    @Test
    void anOperationThatCanNotBeDeletedMustBeRefused() {
        String nobodys = OPERATIONS + "/7a0e6f3c-52a1-4be1-93a4-52b8b0f0c9d1";

        assertThat(admin.delete(nobodys).problem(404, "NOT_FOUND").getString("detail"))
                .contains("there is no operation '7a0e6f3c-52a1-4be1-93a4-52b8b0f0c9d1'");
        admin.delete(OPERATIONS + "/a%20b").problem(400, "INVALID_ARGUMENT");
        admin.delete(OPERATIONS + "/a%00").problem(400, "INVALID_ARGUMENT");
        admin.delete(nobodys + "?all=true").problem(400, "INVALID_ARGUMENT");
        admin.with("If-Match", "\"1\"").delete(nobodys).problem(400, "INVALID_ARGUMENT");
        admin.with("Origin", "http://evil.example").delete(nobodys).problem(403, "FORBIDDEN");
        admin.delete(OPERATIONS).problem(405, "INVALID_ARGUMENT");
        admin.post(nobodys, "{}").problem(405, "INVALID_ARGUMENT");
    }

    @Test
    void aCursorOfAnotherOrderMustBeRefused() {
        admin.post(SESSIONS, "{\"owner\": \"ada\"}").json(201);
        String next = admin.get(SESSIONS + "?limit=1&sort=id").json().getString("next");

        admin.get(SESSIONS + "?limit=1&sort=-id&cursor=" + next).problem(400, "INVALID_ARGUMENT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "1",
                "{",
                "{\"entries\": {\"x\": 2}} x",
                "{\"entries\": {}, \"entries\": {\"x\": 2}}"
            })
    void aBodyThatIsNoObjectMustBeRefused(String body) {
        admin.post(SESSIONS, body).problem(400, "INVALID_ARGUMENT");
        admin.patch(session, body).problem(400, "INVALID_ARGUMENT");
        admin.post(session + "/restore", body).problem(400, "INVALID_ARGUMENT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"revision\": 1, \"entry\": \"x\"}", "{\"entry\": \"x\"}", "{\"version\": 1}"})
    void aRestoreThatIsNotOneOfTheTwoMustBeRefused(String body) {
        assertThat(admin.post(session + "/restore", body)
                        .problem(400, "INVALID_ARGUMENT")
                        .getString("detail"))
                .contains("'revision', or 'entry' and 'version'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"0\"", "\"x\"", "W/\"1\"", "\"1\", \"2\"", "\"99999999999999999999\""})
    void aConditionThatIsNoRevisionMustBeRefused(String match) {
        JsonObject problem = admin.with("If-Match", match)
                .patch(session, "{\"entries\": {\"x\": 2}}")
                .problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getJsonObject("context").getString("field")).isEqualTo("If-Match");
    }

    @Test
    void aSecondConditionMustNotBeOverlooked() {
        admin.with("If-Match", "\"1\"")
                .with("If-Match", "\"2\"")
                .patch(session, "{\"entries\": {\"x\": 2}}")
                .problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void aConditionMustBeRefusedWhereNoneIsServed() {
        RestUser conditional = admin.with("If-Match", "\"1\"");

        conditional.delete(session).problem(400, "INVALID_ARGUMENT");
        conditional.post(session + "/touch", "").problem(400, "INVALID_ARGUMENT");
        conditional.post(session + "/restore", "{\"revision\": 1}").problem(400, "INVALID_ARGUMENT");
        admin.delete(session + "?expectedCount=0").problem(400, "INVALID_ARGUMENT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "*/*",
                "application/merge-patch+json",
                "application/json-patch+json"
            })
    void aBodyThatIsNotDeclaredAsJsonMustChangeNothing(String type) {
        RestUser user = admin.with("Content-Type", type);

        user.send("PATCH", session, BodyPublishers.ofString("{\"entries\": {\"x\": 2}}"))
                .problem(415, "INVALID_ARGUMENT");
        user.send("POST", SESSIONS, BodyPublishers.ofString("{\"owner\": \"ada\"}"))
                .problem(415, "INVALID_ARGUMENT");
        user.send("POST", session + "/restore", BodyPublishers.ofString("{\"revision\": 1}"))
                .problem(415, "INVALID_ARGUMENT");
    }

    @Test
    void aBodyWithoutATypeMustChangeNothing() {
        admin.send("PATCH", session, BodyPublishers.ofString("{\"entries\": {\"x\": 2}}"))
                .problem(415, "INVALID_ARGUMENT");
        admin.send("POST", SESSIONS, BodyPublishers.ofString("{\"owner\": \"ada\"}"))
                .problem(415, "INVALID_ARGUMENT");
    }

    @Test
    void aPageOfAnotherSiteMustChangeNothing() {
        RestUser page = admin.with("Origin", "http://evil.example");

        page.patch(session, "{\"entries\": {\"x\": 2}}").problem(403, "FORBIDDEN");
        page.post(session + "/touch", "").problem(403, "FORBIDDEN");
        page.delete(session).problem(403, "FORBIDDEN");
    }

    @Test
    void aViewerMustSeeASessionButNotItsContentAndChangeNothing(RunningServer server) {
        RestUser viewer = RestUser.added(server, "sessions-viewer", "viewer");

        assertThat(viewer.get(session).json().getJsonArray("entries")).hasSize(1);
        assertThat(viewer.get(session + "/entries").items()).hasSize(1);
        assertThat(viewer.get(session + "/revisions").items()).hasSize(1);
        viewer.get(session + "/entries/x").problem(403, "FORBIDDEN");
        viewer.post(SESSIONS, "{}").problem(403, "FORBIDDEN");
        viewer.patch(session, "{\"entries\": {\"x\": 2}}").problem(403, "FORBIDDEN");
        viewer.post(session + "/touch", "").problem(403, "FORBIDDEN");
        viewer.post(session + "/restore", "{\"revision\": 1}").problem(403, "FORBIDDEN");
        viewer.delete(session).problem(403, "FORBIDDEN");
    }

    @Test
    void nobodyMustSeeAnythingWithoutSigningIn(RunningServer server) {
        RestUser anonymous = RestUser.anonymous(server);

        anonymous.get(session).problem(401, "FORBIDDEN");
        anonymous.get(session + "/entries/x").problem(401, "FORBIDDEN");
        anonymous.delete(session).problem(401, "FORBIDDEN");
    }

    @Test
    void anUnknownSessionEntryOrRevisionMustBeNotFound() {
        String nope = SESSIONS + "/nope";

        for (String path : new String[] {nope, nope + "/entries", nope + "/entries/x", nope + "/revisions"}) {
            assertThat(admin.get(path)
                            .problem(404, "SESSION_NOT_FOUND")
                            .getJsonObject("context")
                            .getString("session"))
                    .isEqualTo("nope");
        }
        admin.patch(nope, "{}").problem(404, "SESSION_NOT_FOUND");
        admin.get(session + "/entries/nope").problem(404, "NOT_FOUND");
        admin.get(session + "/nope").problem(404, "NOT_FOUND");
        admin.post(session + "/restore", "{\"revision\": 2}").problem(404, "NOT_FOUND");
        admin.post(session + "/restore", "{\"revision\": -1}").problem(404, "NOT_FOUND");
        admin.post(session + "/restore", "{\"entry\": \"x\", \"version\": 0}").problem(404, "NOT_FOUND");
        admin.post(session + "/restore", "{\"entry\": \"nope\", \"version\": 1}")
                .problem(404, "NOT_FOUND");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%20", "a%20b", "_a", "%C3%A4", "a%00"})
    void anIdThatCanNotBeOneMustBeNamed(String id) {
        for (String path : new String[] {"", "/entries", "/entries/x", "/revisions"}) {
            JsonObject problem = admin.get(SESSIONS + "/" + id + path).problem(400, "INVALID_ARGUMENT");
            assertThat(problem.getJsonObject("context").getString("field")).isEqualTo("session id");
        }
        admin.delete(SESSIONS + "/" + id).problem(400, "INVALID_ARGUMENT");
        admin.post(SESSIONS + "/" + id + "/touch", "").problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void namesOverTheLimitMustBeNamed() {
        admin.get(SESSIONS + "/" + "a".repeat(129)).problem(400, "INVALID_ARGUMENT");
        admin.get(session + "/entries/" + "a".repeat(256)).problem(400, "INVALID_ARGUMENT");
        admin.get(session + "/entries/a%00").problem(400, "INVALID_ARGUMENT");
        admin.get(SESSIONS + "?q=" + "a".repeat(201)).problem(400, "INVALID_ARGUMENT");
    }

    @Test
    void anotherFormThanTheContentsMustBeRefused() {
        assertThat(admin.with("Accept", "text/html")
                        .get(session + "/entries/x")
                        .problem(406, "INVALID_ARGUMENT")
                        .getString("detail"))
                .contains("application/octet-stream");
    }
}
