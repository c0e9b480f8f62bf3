// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import io.serpentry.admin.http.Answer;
import io.serpentry.connector.PoolHealth;
import io.serpentry.connector.PoolStatistics;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.StartFailure;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A pool as the REST interface shows it. A member that is null is left out. */
@JsonbPropertyOrder({
    "name",
    "min",
    "max",
    "live",
    "idle",
    "busy",
    "waiting",
    "health",
    "start",
    "startReason",
    "lastStartError",
    "zygote",
    "calls",
    "failures",
    "timeouts",
    "started",
    "lost"
})
public record PoolView(
        String name,
        @Nullable Integer min,
        @Nullable Integer max,
        int live,
        int idle,
        int busy,
        int waiting,
        Health health,
        String start,
        @Nullable String startReason,
        @Nullable LastStartError lastStartError,
        @Nullable Zygote zygote,
        long calls,
        long failures,
        long timeouts,
        long started,
        long lost)
        implements Answer {

    @JsonbPropertyOrder({"state", "reason"})
    public record Health(String state, String reason) {
        static Health of(PoolHealth health) {
            return new Health(health.state().name().toLowerCase(Locale.ROOT), health.reason());
        }
    }

    @JsonbPropertyOrder({"pid", "generation"})
    public record Zygote(long pid, int generation) {}

    /** Why no worker could be started; {@code stderr} and {@code traceback} only for those who may see them. */
    @JsonbPropertyOrder({"message", "at", "attempts", "retryAt", "stderr", "traceback"})
    public record LastStartError(
            String message,
            Instant at,
            int attempts,
            Instant retryAt,
            @Nullable String stderr,
            @Nullable String traceback) {

        static LastStartError of(StartFailure failure, boolean withTracebacks) {
            return new LastStartError(
                    failure.message(),
                    failure.at(),
                    failure.attempts(),
                    failure.retryAt(),
                    withTracebacks && !failure.stderr().isEmpty() ? failure.stderr() : null,
                    withTracebacks ? failure.traceback() : null);
        }
    }

    /** The pool now. */
    static PoolView of(PythonPool pool, boolean withTracebacks) {
        PoolStatistics now = pool.statistics();
        StartFailure failure = now.lastStartError();
        return new PoolView(
                now.name(),
                known(now.min()),
                known(now.max()),
                now.live(),
                now.idle(),
                now.busy(),
                now.waiting(),
                Health.of(pool.health()),
                now.start(),
                now.startReason(),
                failure == null ? null : LastStartError.of(failure, withTracebacks),
                now.zygotePid() == 0 ? null : new Zygote(now.zygotePid(), now.zygoteGeneration()),
                now.calls(),
                now.failures(),
                now.timeouts(),
                now.started(),
                now.lost());
    }

    private static @Nullable Integer known(int size) {
        return size < 0 ? null : size;
    }
}
