// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.RunningServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that end, well or badly, and servers beside each other. */
@Tag("core")
class ServerEndIT {

    @TempDir
    Path directory;

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static List<JsonObject> items(RunningServer server, String path) {
        return json(server.get(path).body()).getJsonArray("items").getValuesAs(JsonObject.class);
    }

    /** The fork servers and workers of that server. */
    private static List<Long> pythonProcesses(RunningServer server) {
        List<Long> pids = new ArrayList<>();
        items(server, "/api/v1/pools")
                .forEach(pool -> pids.add(
                        pool.getJsonObject("zygote").getJsonNumber("pid").longValue()));
        items(server, "/api/v1/workers")
                .forEach(worker -> pids.add(worker.getJsonNumber("pid").longValue()));
        return pids;
    }

    /** One worker sleeps in Python, one spins in native code, one is idle. */
    private List<Long> makeBusy(RunningServer server) {
        Path sleeping = directory.resolve("sleeping");
        Path spinning = directory.resolve("spinning");
        Background.of(() -> server.call("""
                {"function": "probe.sleep_and_touch", "arguments": {"path": "%s", "seconds": 100}}
                """.formatted(sleeping)));
        Background.of(() -> server.call("""
                {"function": "probe.spin_natively", "arguments": {"path": "%s"}}
                """.formatted(spinning)));
        Await.until("two workers are busy", () -> Files.exists(sleeping) && Files.exists(spinning));
        Await.until("a third is idle", () -> items(server, "/api/v1/workers").stream()
                .anyMatch(worker -> !worker.containsKey("currentCall")));
        List<Long> pids = pythonProcesses(server);
        assertThat(pids).hasSize(4).allMatch(Processes::isAlive);
        return pids;
    }

    @Test
    void noProcessMustOutliveAServerThatIsKilled() throws IOException {
        try (RunningServer server = RunningServer.start(4200, "--workers", "3")) {
            List<Long> pids = makeBusy(server);

            Processes.signal("KILL", server.pid());

            Await.until("every Python process is gone", Duration.ofSeconds(2), () -> pids.stream()
                    .noneMatch(Processes::isAlive));
            server.awaitEnd();
            Await.until("the script has said so", () -> server.says("killed by signal 9"));
        }
    }

    @Test
    void noProcessMustOutliveAServerThatIsStopped() throws IOException {
        RunningServer server = RunningServer.start(4200, "--workers", "3");
        List<Long> pids = makeBusy(server);
        long java = server.pid();

        server.stop();

        assertThat(Processes.isAlive(java)).isFalse();
        assertThat(pids).noneMatch(Processes::isAlive);
        Await.until("the script has said so", () -> server.says("Stopped"));
        assertThat(server.log()).as("who held workers until the end").anySatisfy(line -> assertThat(line)
                .contains("SERP00338", "probe.sleep_and_touch", "probe.spin_natively"));
    }

    @Test
    void aStopMustLetARequestUnderWayEnd() throws Exception {
        try (RunningServer server = RunningServer.start(4200)) {
            Path running = directory.resolve("running");
            Background<String> call =
                    Background.of(() -> server.call("""
                            {"function": "probe.sleep_and_touch", "arguments": {"path": "%s", "seconds": 2}}
                            """.formatted(running)).body());
            Await.until("the call runs", () -> Files.exists(running));

            server.stop();

            assertThat(call.value()).contains("\"result\":null");
        }
    }

    @Test
    void aSecondServerOnTheSameDirectoryMustBeRefused() throws Exception {
        try (RunningServer server = RunningServer.start(4200)) {
            assertThat(server.secondRun()).contains("Another ./run uses");
            assertThat(server.call("{\"function\": \"probe.pid\", \"arguments\": {}}")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void theEndOfOneServerMustNotDisturbAnother() throws IOException {
        String greeting = "{\"function\": \"hello.greet\", \"arguments\": {\"name\": \"Ada\"}}";
        try (RunningServer one = RunningServer.start(4200);
                RunningServer other = RunningServer.start(4300)) {
            assertThat(one.call(greeting).body()).contains("Hello, Ada!");
            assertThat(other.call(greeting).body()).contains("Hello, Ada!");
            List<Long> kept = pythonProcesses(other);

            Processes.signal("KILL", one.pid());
            one.awaitEnd();

            assertThat(other.call(greeting).body()).contains("Hello, Ada!");
            assertThat(pythonProcesses(other)).isEqualTo(kept);
        }
    }
}
