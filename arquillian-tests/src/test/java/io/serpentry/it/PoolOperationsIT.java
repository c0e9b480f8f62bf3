// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.JbossCli;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The container's own operations on the pool, by jboss-cli. */
@Tag("core")
@ExtendWith(SharedServer.class)
class PoolOperationsIT {

    private static List<JsonObject> workers(RunningServer server) {
        try (JsonReader reader =
                Json.createReader(new StringReader(server.get("/api/v1/workers").body()))) {
            return reader.readObject().getJsonArray("items").getValuesAs(JsonObject.class);
        }
    }

    private static List<String> ids(RunningServer server) {
        return workers(server).stream().map(worker -> worker.getString("id")).toList();
    }

    @Test
    void aGracefulFlushMustReplaceIdleWorkersAndLoseNoCallInFlight(RunningServer server) throws Exception {
        Background<String> call =
                Background.of(() -> server.call("{\"function\": \"probe.sleep\", \"arguments\": {\"seconds\": 6}}")
                        .body());
        Await.until("the call runs", () -> workers(server).stream().anyMatch(w -> w.containsKey("currentCall")));
        List<String> before = ids(server);

        String answer = JbossCli.run(server, JbossCli.POOL + ":flush-gracefully-connection-in-pool");

        assertThat(answer).contains("\"outcome\" => \"success\"");
        assertThat(call.value()).contains("\"result\":null");
        Await.until("every worker was replaced", () -> {
            List<String> now = ids(server);
            return now.size() >= 2 && now.stream().noneMatch(before::contains);
        });
    }

    @Test
    void aFlushOfIdleConnectionsMustLeaveAPoolThatServes(RunningServer server) throws IOException {
        String answer = JbossCli.run(server, JbossCli.POOL + ":flush-idle-connection-in-pool");

        assertThat(answer).contains("\"outcome\" => \"success\"");
        assertThat(server.call("{\"function\": \"probe.pid\", \"arguments\": {}}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aFlushOfEverythingMustFailACallInFlightAtOnceAndLeaveAPoolThatServes(RunningServer server) throws Exception {
        Background<String> call =
                Background.of(() -> server.call("{\"function\": \"probe.sleep\", \"arguments\": {\"seconds\": 60}}")
                        .body());
        Await.until("the call runs", () -> workers(server).stream().anyMatch(w -> w.containsKey("currentCall")));

        String answer = JbossCli.run(server, JbossCli.POOL + ":flush-all-connection-in-pool");

        assertThat(answer).contains("\"outcome\" => \"success\"");
        assertThat(call.value()).contains("WORKER_LOST").contains("destroyed");
        assertThat(server.call("{\"function\": \"probe.pid\", \"arguments\": {}}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void theConnectionTestOfTheContainerMustPass(RunningServer server) throws IOException {
        assertThat(JbossCli.run(server, JbossCli.POOL + ":test-connection-in-pool"))
                .contains("\"outcome\" => \"success\"");
    }
}
