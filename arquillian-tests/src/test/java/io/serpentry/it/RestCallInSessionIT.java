// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code POST /call} in named sessions and without, with the example module {@code counter}. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestCallInSessionIT {

    private static final String SESSIONS = "/api/v1/sessions";

    private final String id = "rest-" + UUID.randomUUID();
    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
    }

    private String increment(String more) {
        return "{\"function\": \"counter.increment\"" + more + "}";
    }

    @Test
    void aNamedSessionMustKeepItsCountAndTellItsRevision() {
        admin.post(SESSIONS, "{\"id\": \"" + id + "\"}").json(201);

        for (int count = 1; count <= 3; count++) {
            JsonObject answer =
                    admin.call(increment(", \"session\": \"" + id + "\"")).json();
            assertThat(answer.getInt("result")).isEqualTo(count);
            assertThat(answer.getJsonObject("session").getString("id")).isEqualTo(id);
            assertThat(answer.getJsonObject("session").getInt("revision")).isEqualTo(count + 1);
        }

        assertThat(admin.get(SESSIONS + "/" + id + "/entries/count").body()).isEqualTo("3");
        assertThat(admin.get("/api/v1/workers").items())
                .as("one of them has the session warm")
                .anyMatch(worker -> worker.getInt("sessions") > 0);
    }

    @Test
    void eachCallWithoutASessionMustHaveOneOfItsOwn() {
        for (int i = 0; i < 3; i++) {
            JsonObject answer = admin.call(increment("")).json();
            assertThat(answer.getInt("result")).isEqualTo(1);
            assertThat(answer).doesNotContainKey("session");
        }

        assertThat(admin.get(SESSIONS + "?filter=kind:temporary,owner:admin").items())
                .isEmpty();
    }

    @Test
    void aSessionThatDoesNotExistMustBeNamed() {
        JsonObject problem =
                admin.call(increment(", \"session\": \"" + id + "\"")).problem(404, "SESSION_NOT_FOUND");

        assertThat(problem.getJsonObject("context").getString("session")).isEqualTo(id);
    }

    @Test
    void aFunctionThatFailsMustLeaveTheSessionAsItWas() {
        admin.post(SESSIONS, "{\"id\": \"" + id + "\", \"entries\": {\"count\": \"no number\"}}")
                .json(201);

        admin.call(increment(", \"session\": \"" + id + "\"")).problem(422, "PYTHON_RAISED");

        assertThat(admin.get(SESSIONS + "/" + id).json().getInt("revision")).isEqualTo(1);
    }
}
