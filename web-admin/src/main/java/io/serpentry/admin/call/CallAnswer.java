// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import io.serpentry.admin.http.Answer;
import io.serpentry.connector.WorkerIdentity;
import jakarta.json.JsonValue;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * What a call has given.
 *
 * @param result null, and sent as null, where Python returned {@code None}
 * @param worker who served it
 * @param session the named session that it was made in, and its revision after it; left out for a call without one
 * @param millis from sending the call to having its result; the wait for a worker is not in it
 */
@JsonbNillable
@JsonbPropertyOrder({"result", "worker", "session", "millis"})
public record CallAnswer(
        @Nullable JsonValue result,
        Worker worker,
        @JsonbNillable(false) @Nullable Session session,
        long millis) implements Answer {

    @JsonbPropertyOrder({"id", "pid"})
    public record Worker(String id, long pid) {
        static Worker of(WorkerIdentity worker) {
            return new Worker(worker.id(), worker.pid());
        }
    }

    @JsonbPropertyOrder({"id", "revision"})
    public record Session(String id, long revision) {}
}
