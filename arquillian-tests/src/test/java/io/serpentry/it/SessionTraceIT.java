// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.RestDocument;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Shape;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The life of a session as {@code /sessions/{id}/events} tells it. */
@Tag("core")
@ExtendWith(SharedServer.class)
class SessionTraceIT {

    private final String id = "trace-" + UUID.randomUUID();
    private final String session = "/api/v1/sessions/" + id;

    private RestUser admin;
    private RestUser operator;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
        operator = RestUser.added(server, "a-operator", "operator");
    }

    private void live() {
        admin.post("/api/v1/sessions", "{\"id\": \"" + id + "\", \"entries\": {\"a\": 1}}")
                .json(201);
        operator.patch(session, "{\"entries\": {\"a\": 2, \"b\": 1}}").json();
        operator.patch(session, "{\"owner\": \"grace\"}").json();
    }

    private List<JsonObject> trace() {
        return admin.get(session + "/events").items();
    }

    private static List<String> texts(List<JsonObject> items) {
        return items.stream()
                .map(item -> item.getString("kind") + " " + item.getString("what") + " by " + item.getString("by"))
                .toList();
    }

    @Test
    void whatHasBeenDoneToASessionMustBeToldInItsOrder() {
        live();

        List<JsonObject> items = trace();

        assertThat(texts(items))
                .contains(
                        "audit create by admin",
                        "revision saved by admin",
                        "revision saved by a-operator",
                        "audit change owner by a-operator");
        assertThat(items.stream().map(item -> Instant.parse(item.getString("at"))))
                .isSorted();
        JsonObject saved = items.stream()
                .filter(item -> item.getString("kind").equals("revision"))
                .filter(item -> item.getString("by").equals("a-operator"))
                .findFirst()
                .orElseThrow();
        assertThat(saved.getJsonObject("data").getJsonArray("changes").getValuesAs(JsonObject.class))
                .extracting(change -> change.getString("name") + " " + change.getInt("version"))
                .containsExactly("a 2", "b 1");
        assertThat(Shape.of(items.get(0))).isEqualTo(Shape.of(RestDocument.sampleWith("what")));
    }

    @Test
    void theTraceOfASessionThatHasEndedMustTellItsEnd() {
        live();
        operator.delete(session);

        Await.until("its end is an event", () -> texts(trace()).stream().anyMatch(text -> text.startsWith("event")));

        List<JsonObject> items = trace();
        assertThat(texts(items)).startsWith("audit create by admin").contains("audit delete by a-operator");
        JsonObject last = items.get(items.size() - 1);
        assertThat(last.getString("what")).isEqualTo("session.ended");
        assertThat(last.getJsonObject("data").getString("reason")).isEqualTo("deleted");
        assertThat(texts(items)).noneMatch(text -> text.startsWith("revision"));
    }

    @Test
    void pagesMustHaveEachStepOnce() {
        live();
        List<String> all = trace().stream().map(item -> item.getString("id")).toList();
        List<String> paged = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonObject page = admin.get(session + "/events?limit=1" + cursor).json();
            page.getJsonArray("items").getValuesAs(JsonObject.class).forEach(item -> paged.add(item.getString("id")));
            cursor = page.isNull("next") ? null : "&cursor=" + page.getString("next");
        }

        assertThat(paged).isEqualTo(all).hasSizeGreaterThan(3);
    }

    @Test
    void whatWasNeverASessionMustNotBeFound() {
        admin.get(session + "/events").problem(404, "SESSION_NOT_FOUND");
        admin.get(session + "/events?cursor=x").problem(400, "INVALID_ARGUMENT");
        admin.get("/api/v1/sessions/a%20b/events").problem(400, "INVALID_ARGUMENT");
    }
}
