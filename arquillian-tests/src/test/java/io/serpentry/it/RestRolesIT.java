// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do and see what through the REST interface. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestRolesIT {

    private static final String GREETING = "{\"function\": \"hello.greet\", \"arguments\": {\"name\": \"Ada\"}}";

    private static final Map<String, String> BODIES = Map.of(
            "/api/v1/call", GREETING,
            "/api/v1/sessions", "{\"kind\": \"temporary\"}",
            "/api/v1/migrations?dryRun=true", "{\"kind\": \"rebalance\"}",
            "/api/v1/sessions/nope/migrate", "{\"to\": \"default-1\"}",
            "/api/v1/sessions/nope/restore", "{\"revision\": 1}");

    @TempDir
    Path directory;

    private static RestUser user(RunningServer server, String who) {
        return switch (who) {
            case "anonymous" -> RestUser.anonymous(server);
            case "wrong password" -> mistyping(server, "wrong");
            case "empty password" -> mistyping(server, "");
            case "stranger" -> RestUser.named(server, "stranger", "secret");
            case "no role" -> RestUser.added(server, "norole", "tourist");
            case "admin" -> RestUser.admin(server);
            default -> RestUser.added(server, "a-" + who, who);
        };
    }

    /** Not the admin, since WildFly locks a user after some wrong passwords. */
    private static RestUser mistyping(RunningServer server, String password) {
        RestUser.added(server, "forgetful", "admin");
        return RestUser.named(server, "forgetful", password);
    }

    @ParameterizedTest
    @CsvSource({
        //                                       no credentials, no role, viewer, operator, admin
        "GET,    /,                              401, 403, 200, 200, 200",
        "GET,    /app.js,                        401, 403, 200, 200, 200",
        "GET,    /api-docs/index.html,           401, 403, 200, 200, 200",
        "GET,    /api/v1/openapi.json,           401, 403, 200, 200, 200",
        "GET,    /api/v1/openapi.yaml,           401, 403, 200, 200, 200",
        "GET,    /api/v1/pools,                  401, 403, 200, 200, 200",
        "GET,    /api/v1/pools/default,          401, 403, 200, 200, 200",
        "GET,    /api/v1/pools/nope,             401, 403, 404, 404, 404",
        "GET,    /api/v1/workers,                401, 403, 200, 200, 200",
        "GET,    /api/v1/workers/nope,           401, 403, 404, 404, 404",
        "GET,    /api/v1/pools/nope/functions,   401, 403, 404, 404, 404",
        "POST,   /api/v1/pools/nope/reload,      401, 403, 403, 404, 404",
        "POST,   /api/v1/workers/nope/cordon,    401, 403, 403, 404, 404",
        "POST,   /api/v1/workers/nope/uncordon,  401, 403, 403, 404, 404",
        "POST,   /api/v1/workers/nope/dump,      401, 403, 403, 404, 404",
        "POST,   /api/v1/workers/nope/profile,   401, 403, 403, 404, 404",
        "POST,   /api/v1/workers/nope/recycle,   401, 403, 403, 404, 404",
        "GET,    /api/v1/config,                 401, 403, 403, 200, 200",
        "GET,    /api/v1/audit,                  401, 403, 403, 200, 200",
        "HEAD,   /api/v1/pools,                  401, 403, 200, 200, 200",
        "OPTIONS,/api/v1/pools,                  401, 403, 200, 200, 200",
        "DELETE, /api/v1/pools,                  401, 403, 405, 405, 405",
        "PURGE,  /api/v1/pools,                  401, 403, 405, 405, 405",
        "POST,   /api/v1/call,                   401, 403, 403, 200, 200",
        "GET,    /api/v1/metrics,                401, 403, 200, 200, 200",
        "GET,    /api/v1/health,                 401, 403, 200, 200, 200",
        "GET,    /api/v1/health/live,            401, 403, 200, 200, 200",
        "GET,    /api/v1/health/started,         401, 403, 200, 200, 200",
        "GET,    /api/v1/health/ready,           401, 403, 200, 200, 200",
        "GET,    /api/v1/alerts,                 401, 403, 200, 200, 200",
        "POST,   /api/v1/alerts/nope/acknowledge,401, 403, 403, 404, 404",
        "GET,    /api/v1/stores,                 401, 403, 200, 200, 200",
        "GET,    /api/v1/slow,                   401, 403, 200, 200, 200",
        "POST,   /api/v1/stores/nope/check,      401, 403, 403, 404, 404",
        "GET,    /api/v1/sessions,               401, 403, 200, 200, 200",
        "POST,   /api/v1/sessions,               401, 403, 403, 201, 201",
        "DELETE, /api/v1/sessions?dryRun=true&q=nope, 401, 403, 403, 200, 200",
        "GET,    /api/v1/sessions/statistics,    401, 403, 200, 200, 200",
        "GET,    /api/v1/sessions/nope,          401, 403, 404, 404, 404",
        "PATCH,  /api/v1/sessions/nope,          401, 403, 403, 404, 404",
        "DELETE, /api/v1/sessions/nope,          401, 403, 403, 404, 404",
        "GET,    /api/v1/sessions/nope/entries,  401, 403, 404, 404, 404",
        "GET,    /api/v1/sessions/nope/entries/a,401, 403, 403, 404, 404",
        "GET,    /api/v1/sessions/nope/revisions,401, 403, 404, 404, 404",
        "GET,    /api/v1/sessions/nope/events,   401, 403, 403, 404, 404",
        "POST,   /api/v1/sessions/nope/restore,  401, 403, 403, 404, 404",
        "POST,   /api/v1/sessions/nope/touch,    401, 403, 403, 404, 404",
        "POST,   /api/v1/sessions/nope/export,   401, 403, 403, 403, 404",
        "POST,   /api/v1/sessions/export,        401, 403, 403, 403, 200",
        "POST,   /api/v1/sessions/import,        401, 403, 403, 403, 400",
        "GET,    /api/v1/migrations,             401, 403, 200, 200, 200",
        "POST,   /api/v1/migrations?dryRun=true, 401, 403, 403, 200, 200",
        "GET,    /api/v1/migrations/statistics,  401, 403, 200, 200, 200",
        "GET,    /api/v1/migrations/nope,        401, 403, 404, 404, 404",
        "GET,    /api/v1/migrations/nope/receipts,401, 403, 404, 404, 404",
        "POST,   /api/v1/migrations/nope/start,  401, 403, 403, 404, 404",
        "POST,   /api/v1/migrations/nope/pause,  401, 403, 403, 404, 404",
        "POST,   /api/v1/migrations/nope/resume, 401, 403, 403, 404, 404",
        "POST,   /api/v1/migrations/nope/cancel, 401, 403, 403, 404, 404",
        "POST,   /api/v1/migrations/nope/rollback,401, 403, 403, 404, 404",
        "POST,   /api/v1/workers/nope/evacuate,  401, 403, 403, 404, 404",
        "POST,   /api/v1/pools/nope/rebalance,   401, 403, 403, 404, 404",
        "POST,   /api/v1/sessions/nope/migrate,  401, 403, 403, 404, 404",
        "GET,    /api/v1/operations,             401, 403, 403, 200, 200",
        "GET,    /api/v1/operations/nope,        401, 403, 403, 404, 404",
        "DELETE, /api/v1/operations/nope,        401, 403, 403, 404, 404",
        "GET,    /api/v1/events,                 401, 403, 200, 200, 200",
        "GET,    /api/v1/nothing,                401, 403, 404, 404, 404",
        "GET,    /nothing,                       401, 403, 404, 404, 404",
        "GET,    /error,                         401, 403, 404, 404, 404",
        "GET,    /WEB-INF/web.xml,               404, 404, 404, 404, 404",
    })
    void eachEndpointMustAskForItsRole(
            String method,
            String path,
            int anonymous,
            int noRole,
            int viewer,
            int operator,
            int admin,
            RunningServer server) {
        assertThat(answer(server, "anonymous", method, path)).as("anonymous").isEqualTo(anonymous);
        assertThat(answer(server, "wrong password", method, path))
                .as("wrong password")
                .isEqualTo(anonymous);
        assertThat(answer(server, "no role", method, path)).as("no role").isEqualTo(noRole);
        assertThat(answer(server, "viewer", method, path)).as("viewer").isEqualTo(viewer);
        assertThat(answer(server, "operator", method, path)).as("operator").isEqualTo(operator);
        assertThat(answer(server, "admin", method, path)).as("admin").isEqualTo(admin);
    }

    /** So that nobody forgets one that is new. */
    @Test
    void everyOperationOfTheInterfaceMustBeInThatTable(RunningServer server) {
        JsonObject paths =
                user(server, "viewer").get("/api/v1/openapi.json").json().getJsonObject("paths");
        List<String> asked = Arrays.stream(RestRolesIT.class.getDeclaredMethods())
                .filter(method -> method.getName().equals("eachEndpointMustAskForItsRole"))
                .flatMap(method ->
                        Arrays.stream(method.getAnnotation(CsvSource.class).value()))
                .map(row -> row.split(","))
                .map(row -> row[0].strip() + " " + row[1].strip().replaceFirst("[?].*", ""))
                .toList();

        assertThat(paths).hasSizeGreaterThan(40);
        for (String path : paths.keySet()) {
            // Where a path is both a template and a name of its own, the table has the name as well.
            Pattern wanted = Pattern.compile(path.replaceAll("\\{[^}]*}", "(nope|default|a)"));
            for (String method : paths.getJsonObject(path).keySet()) {
                assertThat(asked)
                        .as(method + " " + path)
                        .anyMatch(row -> row.startsWith(method.toUpperCase(Locale.ROOT) + " ")
                                && wanted.matcher(row.substring(method.length() + 1))
                                        .matches());
            }
        }
    }

    private static int answer(RunningServer server, String who, String method, String path) {
        RestUser user = user(server, who);
        return switch (method) {
            case "POST" ->
                user.with("Content-Type", path.endsWith("/import") ? "application/x-ndjson" : "application/json")
                        .send(method, path, BodyPublishers.ofString(BODIES.getOrDefault(path, "")))
                        .status();
            case "PATCH" -> user.patch(path, "{}").status();
            default -> user.send(method, path, BodyPublishers.noBody()).status();
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"anonymous", "wrong password", "empty password", "stranger"})
    void whoeverIsNotKnownMustBeAskedToSignIn(String who, RunningServer server) {
        RestAnswer answer = user(server, who).get("/api/v1/pools");

        answer.problem(401, "FORBIDDEN");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Basic realm=\"ApplicationRealm\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic !!!", "Basic", "Basic YWRtaW4=", "Bearer x", "nonsense"})
    void credentialsThatCanNotBeReadMustBeAnsweredByAskingToSignIn(String credentials, RunningServer server) {
        RestAnswer answer =
                RestUser.anonymous(server).with("Authorization", credentials).get("/api/v1/pools");

        answer.problem(401, "FORBIDDEN");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Basic realm=\"ApplicationRealm\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anonymous", "wrong password", "no role", "viewer"})
    void aCallThatIsRefusedMustNotReachPython(String who, RunningServer server) {
        String touching = "{\"function\": \"probe.sleep_and_touch\", \"arguments\": {\"path\": \"%s\", \"seconds\": 0}}"
                .formatted(directory.resolve("touched"));

        user(server, who).call(touching);

        assertThat(directory).isEmptyDirectory();
        assertThat(user(server, "operator").call(touching).status()).isEqualTo(200);
        assertThat(directory).isNotEmptyDirectory();
    }

    @Test
    void aRefusalMustSayWhichRolesAreNeeded(RunningServer server) {
        assertThat(user(server, "viewer")
                        .call(GREETING)
                        .problem(403, "FORBIDDEN")
                        .getString("detail"))
                .contains("your roles do not allow POST /serpentry/api/v1/call");
        assertThat(user(server, "no role")
                        .get("/api/v1/pools")
                        .problem(403, "FORBIDDEN")
                        .getString("detail"))
                .contains("viewer, operator, admin");
    }

    @Test
    void onlyOperatorsMustSeeWhatPythonWroteWhenWorkersDoNotStart() throws IOException {
        Files.writeString(directory.resolve("broken.py"), """
                import sys
                sys.stderr.write("a line with a secret\\n")
                raise RuntimeError("the licence is not there")
                """);
        try (RunningServer server = RunningServer.start(4400, "--modules", directory.toString())) {
            RestUser operator = user(server, "operator");
            RestUser viewer = user(server, "viewer");
            Await.until("a start has failed", () -> pool(operator).containsKey("lastStartError"));

            JsonObject whole = pool(operator).getJsonObject("lastStartError");
            assertThat(whole.getString("message")).contains("the licence is not there");
            assertThat(whole.getString("stderr")).contains("a line with a secret");
            assertThat(whole.getString("traceback")).contains("broken.py").contains("RuntimeError");
            JsonObject shown = pool(viewer).getJsonObject("lastStartError");
            assertThat(shown.keySet()).containsExactly("message", "at", "attempts", "retryAt");
            assertThat(shown.getString("message")).contains("the licence is not there");
            assertThat(viewer.get("/api/v1/pools").body())
                    .contains("the licence is not there")
                    .doesNotContain("a line with a secret")
                    .doesNotContain("Traceback");
        }
    }

    private static JsonObject pool(RestUser user) {
        return user.get("/api/v1/pools/default").json();
    }

    @Test
    void noPasswordMustStandInTheLogOrInTheEnvironmentOfWorkers(RunningServer server) throws IOException {
        user(server, "admin").get("/api/v1/pools").json();
        user(server, "wrong password").get("/api/v1/pools").problem(401, "FORBIDDEN");
        RestAnswer environment = user(server, "admin")
                .call("{\"function\": \"probe.environment\", \"arguments\": {\"name\": \"SERPENTRY_ADMIN_PASSWORD\"}}");

        String credentials = "admin:" + RunningServer.PASSWORD;
        String log = Files.readString(server.base().resolve("log/server.log"));
        assertThat(log)
                .contains("serpentry.ear")
                .doesNotContain(RunningServer.PASSWORD)
                .doesNotContain(Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        assertThat(server.says(RunningServer.PASSWORD)).isFalse();
        assertThat(environment.json().isNull("result")).isTrue();
    }
}
