// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Background;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are sent twice with a key, as docs/rest.md promises it. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestIdempotencyIT {

    private static final String SESSIONS = "/api/v1/sessions";
    private static final String KEY = "Idempotency-Key";

    private final String owner = "o-" + UUID.randomUUID();
    private final String body = "{\"owner\": \"" + owner + "\"}";
    private RestUser admin;
    private RestUser keyed;

    @BeforeEach
    void signIn(RunningServer server) {
        admin = RestUser.admin(server);
        keyed = admin.with(KEY, UUID.randomUUID().toString());
    }

    private int sessions() {
        return admin.get(SESSIONS + "?filter=owner:" + owner).items().size();
    }

    @Test
    void aRequestThatIsSentAgainMustGetTheFirstAnswerAndNotBeDoneAgain() {
        RestAnswer first = keyed.post(SESSIONS, body);
        RestAnswer again = keyed.post(SESSIONS, body);

        assertThat(first.json(201).getString("owner")).isEqualTo(owner);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        for (String header : List.of("Location", "ETag", "Content-Type")) {
            assertThat(again.header(header))
                    .as(header)
                    .isEqualTo(first.header(header))
                    .isNotEmpty();
        }
        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(sessions()).isEqualTo(1);
    }

    @Test
    void withoutAKeyEachRequestMustBeDone() {
        admin.post(SESSIONS, body).json(201);
        admin.post(SESSIONS, body).json(201);

        assertThat(sessions()).isEqualTo(2);
    }

    @Test
    void anotherRequestWithTheSameKeyMustBeRefused() {
        keyed.post(SESSIONS, body).json(201);

        keyed.post(SESSIONS, body.replace("}", ", \"kind\": \"temporary\"}")).problem(409, "ILLEGAL_STATE");
        keyed.post(SESSIONS + "?reason=x", body).problem(409, "ILLEGAL_STATE");
        keyed.with("Content-Type", "application/x-ndjson")
                .send("POST", SESSIONS + "/import", BodyPublishers.ofString("x"))
                .problem(409, "ILLEGAL_STATE");
        assertThat(sessions()).isEqualTo(1);
    }

    @Test
    void theSameKeyOfSomebodyElseMustBeAnotherKey(RunningServer server) {
        String key = UUID.randomUUID().toString();
        admin.with(KEY, key).post(SESSIONS, body).json(201);

        RestAnswer other =
                RestUser.added(server, "a-operator", "operator").with(KEY, key).post(SESSIONS, body);

        assertThat(other.status()).isEqualTo(201);
        assertThat(sessions()).isEqualTo(2);
    }

    @Test
    void whatWasRefusedMayBeSentAgainWithItsKey() {
        String id = "s-" + UUID.randomUUID();
        String taken = "{\"id\": \"%s\", \"owner\": \"%s\"}".formatted(id, owner);
        admin.post(SESSIONS, taken).json(201);
        keyed.post(SESSIONS, taken).problem(409, "SESSION_EXISTS");
        assertThat(admin.delete(SESSIONS + "/" + id).status()).isEqualTo(204);

        keyed.post(SESSIONS, taken).json(201);
    }

    @Test
    void ofRequestsThatComeAtOnceOneMustBeDone() throws Exception {
        List<Background<RestAnswer>> sent = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            sent.add(Background.of(() -> keyed.post(SESSIONS, body)));
        }
        List<String> created = new ArrayList<>();
        for (Background<RestAnswer> one : sent) {
            RestAnswer answer = one.value();
            if (answer.status() == 201) {
                created.add(answer.body());
            } else {
                answer.problem(409, "ILLEGAL_STATE");
            }
        }

        assertThat(created).isNotEmpty();
        assertThat(created.stream().distinct()).hasSize(1);
        assertThat(sessions()).isEqualTo(1);
    }

    @Test
    void anImportMustBeDoneOnce() {
        String id = admin.post(SESSIONS, body).json(201).getString("id");
        String file = admin.send("POST", SESSIONS + "/" + id + "/export", BodyPublishers.noBody())
                .body();
        RestUser importing = keyed.with("Content-Type", "application/x-ndjson");
        assertThat(admin.delete(SESSIONS + "/" + id).status()).isEqualTo(204);

        RestAnswer first = importing.send("POST", SESSIONS + "/import", BodyPublishers.ofString(file));
        RestAnswer again = importing.send("POST", SESSIONS + "/import", BodyPublishers.ofString(file));
        RestAnswer other = importing.send("POST", SESSIONS + "/import", BodyPublishers.ofString(file + "\n"));

        assertThat(first.json().getJsonObject("sessions").getInt("created")).isEqualTo(1);
        assertThat(again.body()).isEqualTo(first.body());
        other.problem(409, "ILLEGAL_STATE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "with blank", "ä", "\"x\ty\""})
    void whatCanBeNoKeyMustBeRefused(String key) {
        admin.with(KEY, key).post(SESSIONS, body).problem(400, "INVALID_ARGUMENT");
        admin.with(KEY, "a".repeat(129)).post(SESSIONS, body).problem(400, "INVALID_ARGUMENT");
        admin.with(KEY, "a").with(KEY, "b").post(SESSIONS, body).problem(400, "INVALID_ARGUMENT");

        assertThat(sessions()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "POST,   /api/v1/call",
        "POST,   /api/v1/sessions/nope/touch",
        "POST,   /api/v1/sessions/nope/restore",
        "PATCH,  /api/v1/sessions/nope",
        "DELETE, /api/v1/sessions/nope",
        "POST,   /api/v1/pools/default/reload",
    })
    void whereNothingWouldComeOfItAKeyMustBeRefused(String method, String path) {
        keyed.with("Content-Type", "application/json")
                .send(method, path, BodyPublishers.ofString("{}"))
                .problem(400, "INVALID_ARGUMENT");
    }
}
