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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the REST interface answers when something is wrong: a problem that says what. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestErrorsIT {

    private static final String GREETING = "{\"function\": \"hello.greet\", \"arguments\": {\"name\": \"Ada\"}}";

    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer shared) {
        admin = RestUser.admin(shared);
    }

    private void awaitService() {
        Await.until("the pool is at its minimum", () -> {
            JsonObject pool = admin.get("/api/v1/pools/default").json();
            return pool.getInt("live") >= 2 && pool.getInt("busy") == 0;
        });
        assertThat(admin.call(GREETING).json().getString("result")).isEqualTo("Hello, Ada!");
    }

    private int counted(String member) {
        return admin.get("/api/v1/pools/default").json().getInt(member);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                                          | field | function  | is missing",
                "{'function': 7}                                             | field | function  | a string, not a number",
                "{'function': ''}                                            | field | function  | 1 to 255 characters",
                "{'function': 'hello.greet', 'pool': null}                   | field | pool      | not null",
                "{'function': 'hello.greet', 'arguments': [1]}               | field | arguments | not an array",
                "{'function': 'hello.greet', 'timeout': 5}                   | field | timeout   | not a number",
                "{'function': 'hello.greet', 'timeout': '5'}                 | field | timeout   | ISO 8601",
                "{'function': 'hello.greet', 'timeout': 'PT0S'}              | field | timeout   | from 1 millisecond",
                "{'function': 'hello.greet', 'timeout': 'P25D'}              | field | timeout   | to 24 days",
                "{'function': 'hello.greet', 'session': 's s'}               | field | session id | letters, digits",
                "{'function': 'hello.greet', 'session': 7}                   | field | session   | a string, not a number",
                "{'function': 'hello.greet', 'argument': {}}                 | field | argument  | not a member",
                "{'function': 'hello.greet', 'arguments': {'nam': 'Ada'}}    | argument | nam    | it has: name",
                "{'function': 'hello.greet', 'arguments': {'name': 3}}       | argument | name   | expected str",
                "{'function': 'hello.greet'}                                 | argument | name   | is missing",
                "{'function': 'probe.add', 'arguments': {'left': 1.5, 'right': 1}} | argument | left | expected int",
            })
    void whatDoesNotFitMustBeNamed(String body, String kind, String name, String detail) {
        JsonObject problem = admin.call(body.replace('\'', '"')).problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getJsonObject("context").getString(kind)).isEqualTo(name);
        assertThat(problem.getString("detail")).contains(name).contains(detail);
        assertThat(problem.getBoolean("retryable")).isFalse();
    }

    @Test
    void aResultOverTheLimitMustBeRefusedAndTheWorkerKept() {
        JsonObject before = admin.call("{\"function\": \"probe.make\", \"arguments\": {\"size\": 1}}")
                .json();
        int lost = counted("lost");

        JsonObject problem = admin.call("{\"function\": \"probe.make\", \"arguments\": {\"size\": 134217728}}")
                .problem(413, "MESSAGE_TOO_LARGE");

        assertThat(problem.getJsonObject("context").getString("limit")).isEqualTo("134217728");
        assertThat(before.getString("result")).isEqualTo("x");
        assertThat(counted("lost")).isEqualTo(lost);
        awaitService();
    }

    @Test
    void whatPythonRaisesMustComeWithTypeMessageAndTraceback() {
        JsonObject problem = admin.call(
                        "{\"function\": \"probe.fail\", \"arguments\": {\"text\": \"no such claim: 17\"}}")
                .problem(422, "PYTHON_RAISED");

        assertThat(Shape.of(problem)).isEqualTo(Shape.of(RestDocument.sampleWith("traceId")));
        assertThat(problem.getString("category")).isEqualTo("PYTHON");
        assertThat(problem.getString("detail")).isEqualTo("ValueError: no such claim: 17");
        assertThat(problem.getJsonObject("context").getString("function")).isEqualTo("probe.fail");
        JsonObject python = problem.getJsonObject("python");
        assertThat(python.getString("type")).isEqualTo("ValueError");
        assertThat(python.getString("message")).isEqualTo("no such claim: 17");
        assertThat(python.getString("traceback"))
                .startsWith("Traceback (most recent call last):\n")
                .containsSubsequence("probe.py", "in fail", "_inner(text)", "in _inner", "raise ValueError(text)")
                .endsWith("ValueError: no such claim: 17\n")
                .doesNotContain("serpentry/_");
    }

    @Test
    void halfASurrogatePairInAnErrorMustKeepItsEscape() {
        RestAnswer answer = admin.call("{\"function\": \"probe.fail\", \"arguments\": {\"text\": \"\\ud800\"}}");

        answer.problem(422, "PYTHON_RAISED");
        assertThat(answer.body()).contains("\"message\":\"\\ud800\"");
    }

    @ParameterizedTest
    @CsvSource({"not_a_number, nan is not a JSON number", "opaque, no JSON form"})
    void aResultWithoutAJsonFormMustBeAProblem(String function, String detail) {
        JsonObject problem =
                admin.call("{\"function\": \"probe.%s\"}".formatted(function)).problem(422, "PYTHON_RAISED");

        assertThat(problem.getString("detail")).contains(detail);
        assertThat(problem.getJsonObject("python").getString("type")).isEqualTo("serpentry.UnserializableResult");
    }

    @Test
    void anUnknownFunctionMustBeAnsweredWithOnesOfANearName() {
        JsonObject problem = admin.call("{\"function\": \"hello.greeet\"}").problem(404, "UNKNOWN_FUNCTION");

        assertThat(problem.getJsonObject("context").getString("known")).contains("hello.greet");
        assertThat(problem.getString("detail")).contains("hello.greeet").contains("hello.greet,");
    }

    @ParameterizedTest
    @ValueSource(strings = {"os.system", "builtins.eval", "probe._inner", "hello.__class__"})
    void whatIsNotRegisteredMustNotBeCallable(String function) {
        admin.call("{\"function\": \"%s\", \"arguments\": {}}".formatted(function))
                .problem(404, "UNKNOWN_FUNCTION");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/pools/nope",
                "/api/v1/workers/nope",
                "/api/v1/nothing",
                "/api/v1",
                "/api/v1/pools/default/x"
            })
    void anUnknownPathMustBeNotFound(String path) {
        JsonObject problem = admin.get(path).problem(404, "NOT_FOUND");

        assertThat(problem.getString("detail")).containsAnyOf("'nope'", "/serpentry" + path);
    }

    @Test
    void anUnknownPoolMustBeAnsweredWithThoseThereAre() {
        JsonObject problem = admin.call("{\"pool\": \"nope\", \"function\": \"hello.greet\"}")
                .problem(404, "NOT_FOUND");

        assertThat(problem.getString("detail")).isEqualTo("there is no pool 'nope'; there are: default");
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, limit",
        "limit=501, limit",
        "limit=x, limit",
        "limit=1&limit=2, limit",
        "cursor=zz, cursor",
        "cursor=, cursor",
        "offset=3, offset"
    })
    void aQueryThatDoesNotFitMustBeNamed(String query, String name) {
        JsonObject problem = admin.get("/api/v1/workers?" + query).problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getJsonObject("context").getString("field")).isEqualTo(name);
    }

    @Test
    void aCallOverItsTimeoutMustSayWhereItWasAndThePoolMustServeAgain() {
        int timeouts = counted("timeouts");
        long start = System.nanoTime();
        JsonObject problem = admin.call("""
                        {"function": "hello.sleep", "arguments": {"seconds": 50}, "timeout": "PT1S"}
                        """).problem(504, "CALL_TIMEOUT");
        long millis = (System.nanoTime() - start) / 1_000_000;

        assertThat(millis).isBetween(1000L, 15_000L);
        assertThat(problem.getString("category")).isEqualTo("TIMEOUT");
        assertThat(problem.getString("detail")).contains("hello.sleep").contains("1000 ms");
        assertThat(problem.getJsonObject("python").getString("traceback"))
                .contains("hello.py")
                .contains("in sleep")
                .contains("time.sleep(seconds)");
        String ended = problem.getJsonObject("context").getString("worker");
        Await.until(
                "the worker is gone",
                () -> admin.get("/api/v1/workers/" + ended).status() == 404);
        awaitService();
        assertThat(counted("timeouts")).isEqualTo(timeouts + 1);
    }

    @Test
    void aWorkerThatDiesMustBeNamedWithItsEndAndThePoolMustServeAgain() {
        int lost = counted("lost");

        JsonObject problem = admin.call("{\"function\": \"probe.leave\", \"arguments\": {\"status\": 3}}")
                .problem(502, "WORKER_LOST");

        JsonObject context = problem.getJsonObject("context");
        assertThat(problem.getString("category")).isEqualTo("COMMUNICATION");
        assertThat(context.getString("function")).isEqualTo("probe.leave");
        assertThat(context.getString("exit")).isEqualTo("exited with status 3");
        assertThat(problem.getString("detail"))
                .contains(context.getString("worker"))
                .contains("status 3");
        awaitService();
        assertThat(counted("lost")).isEqualTo(lost + 1);
    }

    @Test
    void aProblemMustCarryTheTraceOfItsCaller() {
        String trace = "0af7651916cd43dd8448eb211c80319c";

        JsonObject problem = admin.with("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                .get("/api/v1/pools/nope")
                .problem(404, "NOT_FOUND");

        assertThat(problem.getString("traceId")).isEqualTo(trace);
    }
}
