// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.JsonText;
import io.serpentry.admin.metrics.ShownPool;
import io.serpentry.connector.CurrentCall;
import io.serpentry.connector.PoolHealth;
import io.serpentry.connector.PoolStatistics;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.StartFailure;
import io.serpentry.connector.WorkerState;
import io.serpentry.connector.WorkerStatus;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ViewsTest {

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void aBusyWorkerMustHaveTheDocumentedShape() {
        assertThat(text(WorkerView.of(worker(new CurrentCall("hello.sleep", AT, 5000)))))
                .isEqualTo(
                        "{\"id\":\"default-1\",\"pool\":\"default\",\"pid\":4711,\"generation\":2,\"state\":\"live\",\"cordoned\":false,\"calls\":7,"
                                + "\"startedAt\":\"2026-01-02T03:04:05Z\",\"memoryBytes\":1024,\"sessions\":0,"
                                + "\"currentCall\":{\"function\":\"hello.sleep\",\"startedAt\":\"2026-01-02T03:04:05Z\",\"timeoutMillis\":5000}}");
    }

    @Test
    void anIdleWorkerMustHaveNoCurrentCall() {
        assertThat(text(WorkerView.of(worker(null)))).endsWith("\"sessions\":0}");
    }

    @Test
    void aPoolThatFailsToStartMustTellOperatorsWhatPythonWrote() {
        assertThat(text(PoolView.of(pool(new StartFailure("no module", AT, 3, AT, "boom", "Traceback")), true)))
                .startsWith("{\"name\":\"default\",\"min\":2,\"max\":4,\"live\":1,\"idle\":1,\"busy\":2,\"waiting\":3,"
                        + "\"health\":{\"state\":\"down\",\"reason\":\"because\"},\"start\":\"spawn\",\"startReason\":\"threads\","
                        + "\"lastStartError\":{\"message\":\"no module\",\"at\":\"2026-01-02T03:04:05Z\",\"attempts\":3,"
                        + "\"retryAt\":\"2026-01-02T03:04:05Z\",\"stderr\":\"boom\",\"traceback\":\"Traceback\"},"
                        + "\"zygote\":{\"pid\":99,\"generation\":1}");
    }

    @Test
    void aPoolThatFailsToStartMustTellViewersTheMessageOnly() {
        assertThat(text(PoolView.of(pool(new StartFailure("no module", AT, 3, AT, "boom", "Traceback")), false)))
                .contains("\"message\":\"no module\"")
                .doesNotContain("boom")
                .doesNotContain("Traceback");
    }

    @Test
    void aPoolInGoodHealthMustHaveNoStartError() {
        assertThat(text(PoolView.of(pool(null), true))).doesNotContain("lastStartError");
    }

    private static WorkerStatus worker(CurrentCall call) {
        return new WorkerStatus("default-1", "default", 4711, 2, WorkerState.LIVE, false, 7, AT, 1024, call);
    }

    private static PythonPool pool(StartFailure failure) {
        return new ShownPool("default") {
            @Override
            public PoolStatistics statistics() {
                return new PoolStatistics(
                        "default", 2, 4, 1, 1, 2, 3, "spawn", "threads", 99, 1, 10, 2, 1, 5, 1, failure, Map.of(),
                        Map.of());
            }

            @Override
            public PoolHealth health() {
                return new PoolHealth(PoolHealth.State.DOWN, "because");
            }
        };
    }

    private static String text(Answer answer) {
        return new String(JsonText.of(answer), UTF_8);
    }
}
