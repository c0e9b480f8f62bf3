// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is shown of secrets, as docs/rest.md promises it. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestMaskIT {

    private final String session = "/api/v1/sessions/s-" + UUID.randomUUID();
    private RestUser admin;
    private RestUser operator;

    @BeforeEach
    void createSession(RunningServer server) {
        admin = RestUser.admin(server);
        operator = RestUser.added(server, "mask-operator", "operator");
        admin.post("/api/v1/sessions", """
                {"id": "%s", "entries": {"profile": {"name": "Ada", "Api_Key": "sk-1", "logins": [{"password": 4711}]},
                 "my-token": "sk-2", "plain": {"n": 1.50}}}
                """.formatted(session.substring(session.lastIndexOf('/') + 1)))
                .json(201);
    }

    private static String entry(RestUser user, String path) {
        RestAnswer answer = user.get(path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.header("Serpentry-Masked") + " " + answer.body();
    }

    @Test
    void secretsMustBeMaskedForOperatorsAndAdmins() {
        for (RestUser user : List.of(operator, admin)) {
            assertThat(entry(user, session + "/entries/profile"))
                    .isEqualTo("true {\"name\":\"Ada\",\"Api_Key\":\"***\",\"logins\":[{\"password\":\"***\"}]}");
            assertThat(entry(user, session + "/entries/my-token")).isEqualTo("true \"***\"");
            assertThat(entry(user, session + "/entries/plain")).isEqualTo("false {\"n\":1.50}");
        }
    }

    @Test
    void adminsMustSeeThemIfTheyAskAndBeInTheAudit() {
        assertThat(entry(admin, session + "/entries/profile?unmasked=true&reason=lost%20key"))
                .contains("false ", "sk-1", "4711");

        JsonObject row = admin.get("/api/v1/audit?limit=1&filter=action:read%20unmasked")
                .items()
                .get(0);
        assertThat(row.getString("subject")).isEqualTo(session.replace("/api/v1/sessions/", "session "));
        assertThat(row.getString("detail")).isEqualTo("profile");
        assertThat(row.getString("reason")).isEqualTo("lost key");
    }

    @Test
    void operatorsMustNotGetThemByAskingNorByAnExport() {
        operator.get(session + "/entries/profile?unmasked=true").problem(403, "FORBIDDEN");
        operator.post(session + "/export", "").problem(403, "FORBIDDEN");
        operator.post("/api/v1/sessions/export", "").problem(403, "FORBIDDEN");
        admin.get(session + "/entries/profile?unmasked=yes").problem(400, "INVALID_ARGUMENT");

        assertThat(entry(operator, session + "/entries/profile?unmasked=false")).startsWith("true ");
    }
}
