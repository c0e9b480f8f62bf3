// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;

/** What the REST interface has answered. That no answer holds the admin's password is checked with each. */
public record RestAnswer(int status, HttpHeaders headers, String body) {

    private static final List<String> PROBLEM = List.of(
            "type", "title", "status", "detail", "instance", "code", "category", "context", "retryable", "traceId");

    static RestAnswer of(HttpResponse<String> response) {
        RestAnswer answer = new RestAnswer(response.statusCode(), response.headers(), response.body());
        assertThat(answer.headers.map() + answer.body).doesNotContain(RunningServer.PASSWORD);
        return answer;
    }

    /** The header, empty if there is none. */
    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** The document of a request that was served. */
    public JsonObject json() {
        return json(200);
    }

    public JsonObject json(int expectedStatus) {
        assertThat(status).as(body).isEqualTo(expectedStatus);
        assertThat(header("Content-Type")).isEqualTo("application/json");
        return parsed();
    }

    public List<JsonObject> items() {
        return json().getJsonArray("items").getValuesAs(JsonObject.class);
    }

    /** The document of a request that was not served, after a look at the members that every problem has. */
    public JsonObject problem(int expectedStatus, String code) {
        assertThat(status).as(body).isEqualTo(expectedStatus);
        assertThat(header("Content-Type")).isEqualTo("application/problem+json");
        JsonObject problem = parsed();
        assertThat(problem.getInt("status")).isEqualTo(expectedStatus);
        assertThat(problem.getString("code")).isEqualTo(code);
        assertThat(problem.getString("type")).isEqualTo("urn:serpentry:error:" + code);
        assertThat(problem.getString("title")).isNotBlank();
        assertThat(problem.getString("detail")).isNotBlank();
        assertThat(problem.getString("category")).matches("[A-Z]+");
        assertThat(problem.getString("instance")).matches("urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        assertThat(problem.getString("traceId")).matches("[0-9a-f]{32}");
        assertThat(problem.keySet().stream().filter(name -> !name.equals("python")))
                .containsExactlyElementsOf(PROBLEM);
        assertThat(Shape.of(problem)).contains("context: {").contains("retryable: boolean");
        return problem;
    }

    private JsonObject parsed() {
        try (JsonReader reader = Json.createReader(new StringReader(body))) {
            return reader.readObject();
        }
    }
}
