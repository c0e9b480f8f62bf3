// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RestDocument;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Shape;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The audit over REST, as docs/rest.md promises it. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestAuditIT {

    private static final String AUDIT = "/api/v1/audit";
    private static final String SESSIONS = "/api/v1/sessions";

    private final String session = "s-" + UUID.randomUUID();
    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
    }

    private List<JsonObject> rows(String query) {
        return admin.get(AUDIT + "?filter=session:" + session + query).items();
    }

    private static List<String> actions(List<JsonObject> rows) {
        return rows.stream().map(row -> row.getString("action")).toList();
    }

    private void create() {
        admin.post(SESSIONS + "?reason=trial", "{\"id\": \"%s\", \"owner\": \"ada\"}".formatted(session))
                .json(201);
    }

    private void change() {
        admin.patch(SESSIONS + "/" + session, "{\"increments\": {\"n\": 1}}").json();
    }

    @Test
    void everyChangeOfASessionMustBeThereWithItsReason() {
        create();
        admin.patch(
                        SESSIONS + "/" + session + "?reason=repair",
                        "{\"entries\": {\"a\": 1}, \"metadata\": {\"k\": \"v\"}}")
                .json();
        admin.post(SESSIONS + "/" + session + "/touch?reason=alive", "").json();
        admin.patch(SESSIONS + "/" + session + "?reason=gift", "{\"owner\": \"bob\"}")
                .json();
        admin.post(SESSIONS + "/" + session + "/restore?reason=back", "{\"revision\": 1}")
                .json();
        String file = admin.send("POST", SESSIONS + "/" + session + "/export", BodyPublishers.noBody())
                .body();
        assertThat(admin.delete(SESSIONS + "/" + session + "?reason=over").status())
                .isEqualTo(204);
        String why = "r-" + UUID.randomUUID();
        admin.with("Content-Type", "application/x-ndjson")
                .send("POST", SESSIONS + "/import?reason=" + why, BodyPublishers.ofString(file))
                .json();

        List<JsonObject> rows = rows("");
        assertThat(actions(rows)).containsExactly("create", "delete", "restore", "change owner", "change", "create");
        assertThat(rows.stream().map(row -> row.getString("reason")))
                .containsExactly(why, "over", "back", "gift", "repair", "trial");
        assertThat(rows.get(3).getString("before") + " -> " + rows.get(3).getString("after"))
                .isEqualTo("ada -> bob");
        assertThat(rows.get(4).getString("detail")).isEqualTo("entry a, metadata k");
        JsonObject touched =
                admin.get(AUDIT + "?filter=action:touch&limit=1").items().get(0);
        assertThat(touched.getString("subject")).isEqualTo("session " + session);
        assertThat(touched.getString("reason")).isEqualTo("alive");
        assertThat(touched.getString("detail")).isIn("written", "coalesced");
        JsonObject imported =
                admin.get(AUDIT + "?filter=action:import&limit=1").items().get(0);
        assertThat(imported.getString("reason")).isEqualTo(why);
        assertThat(imported.getString("detail")).contains("created=1");
    }

    @Test
    void aRowMustHaveTheDocumentedShape() {
        create();
        admin.patch(SESSIONS + "/" + session + "?reason=gift", "{\"owner\": \"bob\"}")
                .json();

        assertThat(Shape.of(rows("").get(0))).isEqualTo(Shape.of(RestDocument.sampleWith("before", "principal")));
        assertThat(rows("").get(1).keySet())
                .as("what nothing was said for is left out")
                .containsExactly("id", "at", "principal", "action", "session", "owner", "reason");
    }

    @Test
    void whatIsRefusedMustNotBeThere() {
        create();
        admin.post(SESSIONS, "{\"id\": \"%s\"}".formatted(session)).problem(409, "SESSION_EXISTS");
        admin.with("If-Match", "\"7\"")
                .patch(SESSIONS + "/" + session, "{\"entries\": {\"a\": 1}}")
                .problem(412, "PRECONDITION_FAILED");

        assertThat(actions(rows(""))).containsExactly("create");
    }

    @Test
    void pagesMustHoldEveryRowOnceThoughNewOnesCome() {
        create();
        for (int i = 0; i < 6; i++) {
            change();
        }
        List<Long> whole = ids(rows(""));
        List<Long> paged = new ArrayList<>();

        JsonObject page = page("&limit=3");
        while (!page.isNull("next")) {
            paged.addAll(ids(page.getJsonArray("items").getValuesAs(JsonObject.class)));
            change();
            page = page("&limit=3&cursor=" + page.getString("next"));
        }
        paged.addAll(ids(page.getJsonArray("items").getValuesAs(JsonObject.class)));

        assertThat(whole).hasSize(7);
        assertThat(paged).isEqualTo(whole);
    }

    private JsonObject page(String query) {
        return admin.get(AUDIT + "?filter=session:" + session + query).json();
    }

    private static List<Long> ids(List<JsonObject> rows) {
        return rows.stream().map(row -> row.getJsonNumber("id").longValue()).toList();
    }

    @Test
    void rowsMustBeFoundByWhoAndWhatAndWhen() {
        create();
        change();
        Instant changedAt = Instant.parse(rows("&limit=1").get(0).getString("at"));

        assertThat(actions(rows(",action:change"))).containsExactly("change");
        assertThat(rows(",principal:nobody")).isEmpty();
        assertThat(actions(rows(",principal:admin"))).containsExactly("change", "create");
        assertThat(actions(rows("&from=" + changedAt))).contains("change");
        assertThat(actions(rows("&to=" + changedAt))).doesNotContain("change");
        assertThat(rows("&to=2000-01-01T00:00:00Z")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0,                                limit",
        "limit=501,                              limit",
        "cursor=x,                               cursor",
        "cursor=YWZ0ZXI6eA,                      cursor",
        "filter=owner:ada,                       filter",
        "filter=action,                          filter",
        "'filter=action:a,action:b',             filter",
        "from=yesterday,                         from",
        "to=2026-01-02,                          to",
        "from=+1000000000-12-31T23:59:59Z,       from",
        "sort=id,                                sort",
    })
    void aParameterThatCanNotBeMustBeNamed(String query, String field) {
        JsonObject problem = admin.get(AUDIT + "?" + query.replace("+", "%2B")).problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getJsonObject("context").getString("field")).isEqualTo(field);
    }
}
