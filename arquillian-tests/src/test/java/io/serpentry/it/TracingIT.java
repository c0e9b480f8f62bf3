// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.TraceDesk;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.TraceCollector;
import io.serpentry.testkit.TraceCollector.Traced;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One trace, from the request to Python and back, on a server that traces and logs as JSON. */
@Tag("core")
class TracingIT {

    private static final String LOG_AS_JSON =
            "/subsystem=logging/size-rotating-file-handler=FILE:write-attribute(name=named-formatter, value=JSON)\n";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLERS_SPAN = "00f067aa0ba902b7";

    private static TraceCollector collector;
    private static RunningServer server;
    private static OutsideApp app;

    @BeforeAll
    static void start() throws IOException {
        Path commands = Files.writeString(Files.createTempFile("log-as-json", ".cli"), LOG_AS_JSON);
        collector = TraceCollector.start();
        server = RunningServer.start(7600, collector.variables(), "--workers", "1", "--cli", commands.toString());
        app = OutsideApp.deployed(
                server, OutsideWar.dependingOn("serpentry.ear", TraceDesk.class, TraceDesk.Clerk.class));
    }

    @AfterAll
    static void stop() {
        server.close();
        collector.close();
    }

    private static Traced await(String trace, String what, Predicate<Traced> wanted) {
        Await.until(what + " is traced", () -> collector.of(trace).stream().anyMatch(wanted));
        return collector.of(trace).stream().filter(wanted).findFirst().orElseThrow();
    }

    private static Traced await(String trace, String name) {
        return await(trace, name, span -> span.name().equals(name));
    }

    private static List<String> within(Traced parent) {
        return collector.of(parent.trace()).stream()
                .filter(span -> span.parent().equals(parent.id()))
                .map(Traced::name)
                .toList();
    }

    @Test
    void aRequestsTraceMustGoOnToPythonAndTheStore() {
        RestUser admin = RestUser.admin(server);
        String session = admin.post("/api/v1/sessions", "{}").json(201).getString("id");

        JsonObject answer = admin.with("traceparent", "00-" + TRACE + "-" + CALLERS_SPAN + "-01")
                .with("tracestate", "vendor=1")
                .call("{\"function\": \"notebook.trace_headers\", \"session\": \"" + session + "\"}")
                .json();

        Traced request = await(TRACE, "the request", span -> span.parent().equals(CALLERS_SPAN));
        Traced execution = await(TRACE, "session.execute");
        Traced call = await(TRACE, "python.call notebook.trace_headers");
        assertThat(execution.parent()).isEqualTo(request.id());
        assertThat(execution.attributes()).containsEntry("serpentry.session", session);
        assertThat(within(execution))
                .contains("python.wait default", "python.call notebook.trace_headers", "session.store.save");
        assertThat(call.attributes())
                .containsEntry("serpentry.pool", "default")
                .containsEntry(
                        "serpentry.worker", answer.getJsonObject("worker").getString("id"));
        assertThat(answer.getJsonObject("result").getString("traceparent"))
                .isEqualTo("00-" + TRACE + "-" + call.id() + "-01");
        assertThat(answer.getJsonObject("result").getString("tracestate")).isEqualTo("vendor=1");
    }

    @Test
    void aCallbackMustBeWithinItsCallAndTheLogMustNameBoth() throws IOException {
        String[] answer = app.text("GET", "/trace").split(" ");
        String trace = answer[1].split("-")[1];

        Traced callback = await(trace, "python.callback clerk.sign");
        Traced call = await(trace, "python.call notebook.trace_headers");
        Traced execution = await(trace, "session.execute");
        assertThat(callback.parent()).isEqualTo(call.id()).isEqualTo(answer[1].split("-")[2]);
        assertThat(callback.attributes()).containsEntry("serpentry.method", "clerk.sign");
        assertThat(execution.parent()).isEmpty();
        JsonObject line = logged("signed by the clerk");
        assertThat(line.getJsonObject("mdc").getString("traceId")).isEqualTo(trace);
        assertThat(line.getJsonObject("mdc").getString("spanId")).isEqualTo(callback.id());
        assertThat(line.getJsonObject("mdc").getString("session")).isEqualTo(answer[0]);
    }

    private static JsonObject logged(String message) throws IOException {
        String line = server.log().stream()
                .filter(logged -> logged.contains(message))
                .findFirst()
                .orElseThrow();
        try (JsonReader reader = Json.createReader(new StringReader(line))) {
            return reader.readObject();
        }
    }

    @Test
    void aFailureMustBeMarkedAndItsProblemMustNameTheTrace() {
        JsonObject problem = RestUser.admin(server)
                .call("{\"function\": \"notebook.names\", \"session\": \"nobody\"}")
                .problem(404, "SESSION_NOT_FOUND");

        Traced execution = await(problem.getString("traceId"), "session.execute");
        assertThat(execution.failed()).isTrue();
        assertThat(execution.attributes()).containsEntry("error.type", "SESSION_NOT_FOUND");
    }
}
