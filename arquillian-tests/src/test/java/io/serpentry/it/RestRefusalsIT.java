// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that the REST interface refuses before they reach Python, and how large and deep others may be. */
@Tag("core")
@ExtendWith(SharedServer.class)
class RestRefusalsIT {

    private static final String CALL = "/api/v1/call";
    private static final int MAX_BODY = 8 * 1024 * 1024;

    @TempDir
    Path directory;

    private RunningServer server;
    private RestUser admin;

    @BeforeEach
    void signIn(RunningServer shared) {
        server = shared;
        admin = RestUser.admin(shared);
    }

    /** A call that leaves a file, to see that it was never made. */
    private String touching() {
        return "{\"function\": \"probe.sleep_and_touch\", \"arguments\": {\"path\": \"%s\", \"seconds\": 0}}"
                .formatted(directory.resolve("touched"));
    }

    private RestAnswer callNested(int levels) {
        // Two levels are the body and its arguments.
        String value = "[".repeat(levels - 2) + "]".repeat(levels - 2);
        return admin.call("{\"function\": \"probe.echo\", \"arguments\": {\"value\": " + value + "}}");
    }

    private static byte[] bodyOf(int bytes) {
        String start = "{\"function\": \"probe.echo\", \"arguments\": {\"value\": \"";
        String end = "\"}}";
        return (start + "x".repeat(bytes - start.length() - end.length()) + end).getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                                           | empty",
                "{'function':                                                 | not JSON",
                "[]                                                           | not an array",
                "{'function': 'probe.echo'} x                                 | not JSON",
                "{'function': 'probe.echo', 'arguments': {'value': NaN}}      | not JSON",
                "{'function': 'probe.echo', 'arguments': {'value': Infinity}} | not JSON",
                "{'function': 'probe.echo', 'arguments': {'value': 01}}       | not JSON",
                "{'function': 'probe.pid', 'function': 'probe.echo'}          | 'function' stands twice",
                "{'function': 'probe.echo', 'arguments': {'value': {'a': 1, 'a': 2}}} | 'a' stands twice",
                "{'function': 'probe.echo', 'arguments': {'value': 1E+400}}   | does not fit a float",
            })
    void aBodyThatCanNotBeReadOneWayOnlyMustBeRefused(String body, String detail) {
        JsonObject problem = admin.call(body.replace('\'', '"')).problem(400, "INVALID_ARGUMENT");

        assertThat(problem.getString("detail")).contains(detail);
    }

    @Test
    void aBodyThatIsNotUtf8MustBeRefused() {
        byte[] body = "{\"function\": \"probe.echo\", \"arguments\": {\"value\": \"é\"}}"
                .getBytes(StandardCharsets.ISO_8859_1);

        assertThat(admin.call(BodyPublishers.ofByteArray(body))
                        .problem(400, "INVALID_ARGUMENT")
                        .getString("detail"))
                .contains("not UTF-8");
    }

    @Test
    void bodiesMayBeNestedAsDeepAsTheLimitAndNoDeeper() {
        assertThat(callNested(200).body()).startsWith("{\"result\":" + "[".repeat(198) + "]");

        assertThat(callNested(201).problem(400, "INVALID_ARGUMENT").getString("detail"))
                .contains("nested deeper than 200 levels");
        assertThat(callNested(200_000).problem(400, "INVALID_ARGUMENT").getString("detail"))
                .contains("nested deeper than 200 levels");
    }

    @Test
    void bodiesMayBeAsLargeAsTheLimitAndNoLarger() {
        assertThat(admin.call(BodyPublishers.ofByteArray(bodyOf(MAX_BODY))).status())
                .isEqualTo(200);

        byte[] over = bodyOf(MAX_BODY + 1);
        BodyPublisher withoutLength = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(over));
        for (BodyPublisher body : new BodyPublisher[] {BodyPublishers.ofByteArray(over), withoutLength}) {
            JsonObject problem = admin.call(body).problem(413, "MESSAGE_TOO_LARGE");
            assertThat(problem.getJsonObject("context").getString("limit")).isEqualTo(Integer.toString(MAX_BODY));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /api/v1/pools, GET", "DELETE, /api/v1/pools/default, GET", "PUT, /api/v1/workers, GET",
        "PATCH, /api/v1/workers/default-1, GET", "GET, /api/v1/call, POST", "PURGE, /api/v1/pools, GET"
    })
    void aMethodThatIsNotServedMustBeAnsweredWithThoseThatAre(String method, String path, String allowed) {
        RestAnswer answer = admin.send(method, path, BodyPublishers.noBody());

        answer.problem(405, "INVALID_ARGUMENT");
        assertThat(answer.header("Allow").split(", ")).contains(allowed).doesNotContain(method);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "application/xml",
                "*/*"
            })
    void aBodyThatIsNotDeclaredAsJsonMustNotReachPython(String type) {
        RestAnswer answer = admin.with("Content-Type", type).send("POST", CALL, BodyPublishers.ofString(touching()));

        answer.problem(415, "INVALID_ARGUMENT");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aBodyWithoutATypeMustNotReachPython() {
        admin.send("POST", CALL, BodyPublishers.ofString(touching())).problem(415, "INVALID_ARGUMENT");

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aRequestForAnotherFormThanJsonMustNotReachPython() {
        admin.with("Accept", "application/xml").call(touching()).problem(406, "INVALID_ARGUMENT");

        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "null",
                "http://localhost:1",
                "https://localhost",
                "http://localhost.evil.example"
            })
    void aPageOfAnotherSiteMustNotReachPython(String origin) {
        JsonObject problem = admin.with("Origin", origin).call(touching()).problem(403, "FORBIDDEN");

        assertThat(problem.getString("detail")).contains(origin);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void thisServersOwnPageMustReachPython() {
        String own = "http://localhost:" + server.uri("").getPort();

        assertThat(admin.with("Origin", own).call(touching()).status()).isEqualTo(200);
        assertThat(directory).isNotEmptyDirectory();
    }
}
