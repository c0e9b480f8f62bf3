// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestDocument;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Shape;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions and stores over REST, as docs/rest.md promises them. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestSessionsIT {

    private static final String SESSIONS = "/api/v1/sessions";

    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
    }

    /** The path of a new session. */
    private String created(String body) {
        return SESSIONS + "/"
                + admin.post(SESSIONS, body.replace('\'', '"')).json(201).getString("id");
    }

    private JsonObject changed(String session, String body) {
        return admin.patch(session, body.replace('\'', '"')).json();
    }

    private RestAnswer entry(String session, String name) {
        RestAnswer answer = admin.get(session + "/entries/" + name);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static List<String> names(List<JsonObject> items, String member) {
        return items.stream().map(item -> item.getString(member)).toList();
    }

    @Test
    void aSessionMustHaveTheDocumentedShapeAloneAndInTheList() {
        String owner = "owner-" + UUID.randomUUID();
        String session = created("""
                {'owner': '%s', 'idleTimeout': 'PT30M', 'lifetime': 'P1D', 'metadata': {'branch': 'north'},
                 'entries': {'history': ['ä']}}
                """.formatted(owner));
        JsonObject alone = admin.get(session).json();
        JsonObject listed =
                admin.get(SESSIONS + "?filter=owner:" + owner).items().get(0);

        String documented = Shape.of(RestDocument.sampleWith("readAt"));
        assertThat(Shape.of(alone)).isEqualTo(documented);
        assertThat(Shape.of(listed)).isEqualTo(documented.replaceFirst(", entries: .*", "}"));
        assertThat(alone.getString("owner")).isEqualTo(owner);
        assertThat(alone.getString("kind")).isEqualTo("durable");
        assertThat(alone.getString("state")).isEqualTo("active");
        assertThat(alone.getInt("revision")).isEqualTo(1);
        assertThat(alone.getInt("operations")).isZero();
        assertThat(alone.getString("idleTimeout")).isEqualTo("PT30M");
        assertThat(Duration.parse(alone.getString("lifetime"))).isEqualTo(Duration.ofDays(1));
        assertThat(alone.getInt("entryCount")).isEqualTo(1);
        assertThat(alone.getInt("bytes")).isEqualTo(1024);
        JsonObject entry = alone.getJsonArray("entries").getJsonObject(0);
        assertThat(entry.getInt("size")).isEqualTo(6);
        assertThat(entry.getString("writtenBy")).isEqualTo("admin");
        assertThat(Instant.parse(alone.getString("createdAt")))
                .isBetween(Instant.now().minusSeconds(600), Instant.now());
    }

    @Test
    void aCreationMustTellWhereTheSessionIs(RunningServer server) {
        String id = "it:" + UUID.randomUUID();

        RestAnswer answer = admin.post(SESSIONS, "{\"id\": \"" + id + "\", \"entries\": {\"a\": 1}}");

        assertThat(answer.json(201)).doesNotContainKey("entries");
        assertThat(answer.json(201).getString("id")).isEqualTo(id);
        assertThat(answer.json(201).getString("owner")).isEqualTo("admin");
        assertThat(answer.header("Location"))
                .isEqualTo(server.uri(SESSIONS + "/" + id).toString());
        assertThat(answer.header("ETag")).isEqualTo("\"1\"");
        JsonObject problem = admin.post(SESSIONS, "{\"id\": \"" + id + "\"}").problem(409, "SESSION_EXISTS");
        assertThat(problem.getJsonObject("context").getString("session")).isEqualTo(id);
        assertThat(problem.getBoolean("retryable")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"id, false", "-id, true", "createdAt, false", "-createdAt, true"})
    void thePagesOfAListMustHoldEachSessionOnceInOrder(String sort, boolean descending) {
        String owner = "owner-" + UUID.randomUUID();
        List<String> ids = IntStream.range(0, 5)
                .mapToObj(i -> admin.post(SESSIONS, "{\"id\": \"%s.%d\", \"owner\": \"%s\"}".formatted(owner, i, owner))
                        .json(201)
                        .getString("id"))
                .toList();
        String query = SESSIONS + "?limit=2&filter=owner:" + owner + "&sort=" + sort;

        List<String> seen = new ArrayList<>();
        JsonObject page = admin.get(query).json();
        seen.addAll(names(page.getJsonArray("items").getValuesAs(JsonObject.class), "id"));
        while (!page.isNull("next") && seen.size() < 10) {
            page = admin.get(query + "&cursor=" + page.getString("next")).json();
            seen.addAll(names(page.getJsonArray("items").getValuesAs(JsonObject.class), "id"));
        }

        assertThat(seen).containsExactlyInAnyOrderElementsOf(ids);
        if (sort.endsWith("id")) {
            assertThat(seen.get(0)).isEqualTo(ids.get(descending ? 4 : 0));
            assertThat(seen.get(4)).isEqualTo(ids.get(descending ? 0 : 4));
        } else {
            List<String> times = seen.stream()
                    .map(id -> admin.get(SESSIONS + "/" + id).json().getString("createdAt"))
                    .toList();
            assertThat(times)
                    .isSortedAccordingTo(
                            (a, b) -> (descending ? -1 : 1) * Instant.parse(a).compareTo(Instant.parse(b)));
        }
    }

    @Test
    void filtersMustLeaveOutWhatDoesNotFit() {
        String owner = "owner-" + UUID.randomUUID();
        String durable = created("{'owner': '%s', 'metadata': {'colour': 'Dark_Red'}}".formatted(owner));
        String temporary = created("{'owner': '%s', 'kind': 'temporary'}".formatted(owner));
        String list = SESSIONS + "?filter=owner:" + owner;

        assertThat(admin.get(list).items()).hasSize(2);
        assertThat(names(admin.get(list + ",kind:durable").items(), "id")).containsExactly(id(durable));
        assertThat(names(admin.get(list + ",kind:temporary").items(), "id")).containsExactly(id(temporary));
        assertThat(admin.get(list + ",state:damaged").items()).isEmpty();
        assertThat(names(admin.get(list + "&q=dark_r").items(), "id")).containsExactly(id(durable));
        assertThat(admin.get(list + "&q=dark%25").items()).isEmpty();
        assertThat(admin.get(SESSIONS + "?q=" + owner.toUpperCase(Locale.ROOT)).items())
                .hasSize(2);
    }

    private static String id(String session) {
        return session.substring(SESSIONS.length() + 1);
    }

    @Test
    void aPatchMustSetAddAndRemove() {
        String session = created("{'metadata': {'a': '1', 'b': '2'}, 'entries': {'x': 1, 'y': 2}}");

        JsonObject saved = changed(session, """
                {'owner': 'ada', 'lifetime': 'P2D', 'metadata': {'a': null, 'c': '3'},
                 'entries': {'x': [1], 'y': null, 'z': {}}, 'increments': {'n': 5}}
                """);

        assertThat(saved.keySet())
                .containsExactlyElementsOf(RestDocument.sampleWith("versions").keySet());
        assertThat(saved.getJsonObject("versions").keySet()).containsExactly("n", "x", "z");
        assertThat(saved.getJsonObject("counters").getInt("n")).isEqualTo(5);
        JsonObject after = admin.get(session).json();
        assertThat(after.getInt("revision")).isEqualTo(saved.getInt("revision"));
        assertThat(after.getString("owner")).isEqualTo("ada");
        assertThat(after.getJsonObject("metadata").keySet()).containsExactly("b", "c");
        assertThat(names(after.getJsonArray("entries").getValuesAs(JsonObject.class), "name"))
                .containsExactly("n", "x", "z");
        assertThat(entry(session, "x").body()).isEqualTo("[1]");
        assertThat(changed(session, "{'increments': {'n': -7}}")
                        .getJsonObject("counters")
                        .getInt("n"))
                .isEqualTo(-2);
        assertThat(entry(session, "n").body()).isEqualTo("-2");
    }

    @Test
    void aPatchMustBeStoredOnlyIfTheRevisionIsTheOneItNames() {
        String session = created("{'entries': {'x': 1}}");
        String first = admin.get(session).header("ETag");

        JsonObject saved = admin.with("If-Match", first)
                .patch(session, "{\"entries\": {\"x\": 2}}")
                .json();
        JsonObject problem = admin.with("If-Match", first)
                .patch(session, "{\"entries\": {\"x\": 3}, \"increments\": {\"n\": 1}}")
                .problem(412, "PRECONDITION_FAILED");

        assertThat(first).isEqualTo("\"1\"");
        assertThat(saved.getInt("revision")).isEqualTo(2);
        assertThat(problem.getJsonObject("context").getString("expected")).isEqualTo("1");
        assertThat(problem.getJsonObject("context").getString("actual")).isEqualTo("2");
        assertThat(problem.getBoolean("retryable")).isFalse();
        assertThat(admin.get(session).header("ETag")).isEqualTo("\"2\"");
        assertThat(entry(session, "x").body()).isEqualTo("2");
        assertThat(admin.with("If-Match", "*").patch(session, "{}").json().getInt("revision"))
                .isEqualTo(2);
    }

    @Test
    void anIncrementThatDoesNotFitMustBeRefusedWithAllThatCameWithIt() {
        String session = created("{'entries': {'x': 1}}");

        admin.patch(session, "{\"increments\": {\"x\": 1}, \"entries\": {\"y\": 1}}")
                .problem(409, "ILLEGAL_STATE");
        changed(session, "{'increments': {'n': 9223372036854775807}}");
        admin.patch(session, "{\"increments\": {\"n\": 1}}").problem(409, "ILLEGAL_STATE");

        assertThat(names(admin.get(session + "/entries").items(), "name")).containsExactly("n", "x");
    }

    @Test
    void contentMustComeAsAnAttachmentThatNoBrowserRuns() {
        String session = created("{'entries': {'page': '<script>alert(1)</script>'}}");

        RestAnswer answer = entry(session, "page");

        assertThat(answer.body()).isEqualTo("\"<script>alert(1)</script>\"");
        assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(answer.header("Content-Disposition")).isEqualTo("attachment");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("Serpentry-Media-Type")).isEqualTo("application/json");
        assertThat(answer.header("ETag")).isEqualTo("\"1\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740993",
                "0.1000000000000000055511151231257827",
                "null",
                "\"\\ud800\"",
                "\"é😀\"",
                "[true,false,null,{},[],{\"a\":[\"b\"]}]"
            })
    void contentMustComeBackAsItWasWritten(String json) {
        String session = created("{}");
        admin.post(SESSIONS, "{\"id\": \"" + id(session) + ".2\", \"entries\": {\"x\": " + json + "}}")
                .json(201);

        assertThat(entry(session + ".2", "x").body()).isEqualTo(json);
        if (!json.equals("null")) {
            admin.patch(session, "{\"entries\": {\"x\": " + json + "}}").json();
            assertThat(entry(session, "x").body()).isEqualTo(json);
        }
    }

    @ParameterizedTest
    @CsvSource({"a/b, a%2Fb", "a b, a%20b", "50%, 50%25", "a;b=c, a%3Bb=c", "a+b, a+b", "ä?, %C3%A4%3F", "'..a', ..a"})
    void anEntryOfAnyNameMustBeFound(String name, String encoded) {
        String session = created("{'entries': {'%s': 'here'}}".formatted(name));

        assertThat(entry(session, encoded).body()).isEqualTo("\"here\"");
    }

    @Test
    void entriesMustBePaged() {
        String session = created("{'entries': {'e10': 1, 'e9': 1, 'a': 1}}");

        JsonObject first = admin.get(session + "/entries?limit=2").json();
        JsonObject second = admin.get(session + "/entries?limit=2&cursor=" + first.getString("next"))
                .json();

        assertThat(names(first.getJsonArray("items").getValuesAs(JsonObject.class), "name"))
                .containsExactly("a", "e9");
        assertThat(names(second.getJsonArray("items").getValuesAs(JsonObject.class), "name"))
                .containsExactly("e10");
        assertThat(second.get("next")).isEqualTo(JsonValue.NULL);
    }

    @Test
    void aSessionAndAnEntryMustBeRestoredAsANewRevision() {
        String session = created("{'entries': {'x': 'old', 'y': 'kept'}}");
        changed(session, "{'entries': {'x': 'new', 'y': null}}");

        List<JsonObject> revisions = admin.get(session + "/revisions").items();
        JsonObject restored = admin.post(session + "/restore", "{\"entry\": \"y\", \"version\": 1}")
                .json();
        assertThat(entry(session, "x").body()).isEqualTo("\"new\"");
        assertThat(entry(session, "y").body()).isEqualTo("\"kept\"");
        JsonObject whole = admin.post(session + "/restore", "{\"revision\": 1}").json();

        assertThat(Shape.of(revisions.get(0))).isEqualTo(Shape.of(RestDocument.sampleWith("changes")));
        assertThat(revisions)
                .extracting(revision -> revision.getInt("revision"))
                .containsExactly(3, 1);
        assertThat(revisions.get(0).getJsonArray("changes"))
                .hasToString("[{\"name\":\"x\",\"version\":2,\"removed\":false},"
                        + "{\"name\":\"y\",\"version\":1,\"removed\":true}]");
        assertThat(restored.getInt("revision")).isEqualTo(4);
        assertThat(whole.getInt("revision")).isEqualTo(6);
        assertThat(entry(session, "x").body()).isEqualTo("\"old\"");
        assertThat(entry(session, "y").body()).isEqualTo("\"kept\"");
    }

    @Test
    void revisionsMustBePagedTheNewestFirst() {
        String session = created("{}");
        IntStream.range(0, 10).forEach(i -> changed(session, "{'metadata': {'a': '" + i + "'}}"));

        JsonObject first = admin.get(session + "/revisions?limit=2").json();
        JsonObject second = admin.get(session + "/revisions?limit=2&cursor=" + first.getString("next"))
                .json();

        assertThat(first.getJsonArray("items").getValuesAs(JsonObject.class))
                .extracting(revision -> revision.getInt("revision"))
                .containsExactly(11, 10);
        assertThat(second.getJsonArray("items").getValuesAs(JsonObject.class))
                .extracting(revision -> revision.getInt("revision"))
                .containsExactly(9, 8);
    }

    @Test
    void aTouchMustSayWhatItDid() {
        String session = created("{}");

        JsonObject touched = admin.post(session + "/touch", "").json();

        assertThat(Shape.of(touched)).isEqualTo(Shape.of(RestDocument.sampleWith("outcome", "expiresAt")));
        assertThat(touched.getString("outcome")).isEqualTo("coalesced");
        assertThat(touched.getString("expiresAt"))
                .isEqualTo(admin.get(session).json().getString("expiresAt"));
    }

    @Test
    void aSessionThatIsDeletedMustBeGone() {
        String session = created("{'entries': {'x': 1}}");

        RestAnswer deleted = admin.delete(session);

        assertThat(deleted.status()).isEqualTo(204);
        assertThat(deleted.body()).isEmpty();
        admin.get(session).problem(404, "SESSION_NOT_FOUND");
        admin.delete(session).problem(404, "SESSION_NOT_FOUND");
    }

    @Test
    void aSessionThatHasExpiredMustBeGone() {
        String owner = "owner-" + UUID.randomUUID();
        String session = created("{'owner': '%s', 'lifetime': 'PT0.2S', 'entries': {'x': 1}}".formatted(owner));

        Await.until("it has expired", () -> admin.get(session).status() == 404);

        admin.get(session).problem(404, "SESSION_NOT_FOUND");
        admin.get(session + "/entries/x").problem(404, "SESSION_NOT_FOUND");
        admin.patch(session, "{\"entries\": {\"x\": 2}}").problem(404, "SESSION_NOT_FOUND");
        admin.post(session + "/touch", "").problem(404, "SESSION_NOT_FOUND");
        admin.post(session + "/restore", "{\"revision\": 1}").problem(404, "SESSION_NOT_FOUND");
        admin.delete(session).problem(404, "SESSION_NOT_FOUND");
        assertThat(admin.get(SESSIONS + "?filter=owner:" + owner).items()).isEmpty();
    }

    @Test
    void statisticsMustCountWhatThereIs() {
        String session = created("{'entries': {'x': 1}}");
        String createdAt = admin.get(session).json().getString("createdAt");

        JsonObject statistics = admin.get(SESSIONS + "/statistics").json();

        assertThat(Shape.of(statistics)).isEqualTo(Shape.of(RestDocument.sampleWith("overdue")));
        assertThat(statistics.getJsonObject("sessions").getInt("durable")).isPositive();
        assertThat(statistics.getInt("entries")).isPositive();
        assertThat(statistics.getInt("bytes")).isGreaterThanOrEqualTo(1024);
        assertThat(Instant.parse(statistics.getString("oldest"))).isBeforeOrEqualTo(createdAt);
    }

    @Test
    void theStoreMustTellHowItIsDoing() {
        admin.get(SESSIONS).json();

        List<JsonObject> stores = admin.get("/api/v1/stores").items();

        assertThat(stores).hasSize(1);
        assertThat(Shape.of(stores.get(0)).replace(", lastSweep: instant", ""))
                .isEqualTo(Shape.of(RestDocument.sampleWith("circuit")).replace(", lastSweep: instant", ""));
        assertThat(stores.get(0).getString("adapter")).startsWith("H2 ");
        assertThat(stores.get(0).getString("circuit")).isEqualTo("closed");
        assertThat(stores.get(0).getJsonArray("capabilities").getValuesAs(JsonString::getString))
                .containsExactly("durable", "history", "shared", "transactional");
    }
}
