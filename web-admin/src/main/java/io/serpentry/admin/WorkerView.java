// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import io.serpentry.admin.http.Answer;
import io.serpentry.connector.CurrentCall;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.session.execution.ApplicationSessions;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A worker as the REST interface shows it.
 *
 * @param cordoned whether it gets no new requests
 * @param sessions how many sessions it served last, and so has warm
 * @param currentCall left out when the worker is idle
 */
@JsonbPropertyOrder({
    "id",
    "pool",
    "pid",
    "generation",
    "state",
    "cordoned",
    "calls",
    "startedAt",
    "memoryBytes",
    "sessions",
    "currentCall"
})
public record WorkerView(
        String id,
        String pool,
        long pid,
        int generation,
        String state,
        boolean cordoned,
        long calls,
        Instant startedAt,
        long memoryBytes,
        int sessions,
        @Nullable Running currentCall)
        implements Answer {

    /** The call a worker is busy with; {@code timeoutMillis} counts from {@code startedAt}. */
    @JsonbPropertyOrder({"function", "startedAt", "timeoutMillis"})
    public record Running(String function, Instant startedAt, long timeoutMillis) {
        static Running of(CurrentCall call) {
            return new Running(call.function(), call.startedAt(), call.timeoutMillis());
        }
    }

    static WorkerView of(WorkerStatus worker) {
        CurrentCall call = worker.currentCall();
        return new WorkerView(
                worker.id(),
                worker.pool(),
                worker.pid(),
                worker.generation(),
                worker.state().name().toLowerCase(Locale.ROOT),
                worker.cordoned(),
                worker.calls(),
                worker.startedAt(),
                worker.memoryBytes(),
                ApplicationSessions.placements().load(worker.id()),
                call == null ? null : Running.of(call));
    }
}
