// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import io.serpentry.connector.PoolHealth;
import io.serpentry.connector.PoolStatistics;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerStartReason;
import io.serpentry.connector.WorkerStatus;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pool's numbers at one moment.
 *
 * @param workers how many workers are in each state; each is in one, so together they are all that live
 * @param memoryBytes resident memory of all of them
 * @param health as {@link PoolHealth} has it
 * @param statistics the pool's own
 */
record PoolReading(Map<State, Integer> workers, long memoryBytes, PoolHealth.State health, PoolStatistics statistics) {

    /** What a worker is doing. This counts processes, not connections: a taken connection without a call leaves it idle. */
    enum State {
        STARTING,
        IDLE,
        BUSY,
        DRAINING;

        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Null for a worker that is dead. */
        private static @Nullable State of(WorkerStatus worker) {
            return switch (worker.state()) {
                case STARTING -> STARTING;
                case LIVE -> worker.currentCall() == null ? IDLE : BUSY;
                case DRAINING -> DRAINING;
                case DEAD -> null;
            };
        }
    }

    PoolReading {
        workers = Map.copyOf(workers);
    }

    static PoolReading of(PythonPool pool) {
        Map<State, Integer> counts = new EnumMap<>(State.class);
        List<WorkerStatus> all = pool.workers();
        for (WorkerStatus worker : all) {
            State state = State.of(worker);
            if (state != null) {
                counts.merge(state, 1, Integer::sum);
            }
        }
        long memory = all.stream().mapToLong(WorkerStatus::memoryBytes).sum();
        return new PoolReading(counts, memory, pool.health().state(), pool.statistics());
    }

    int workers(State state) {
        return workers.getOrDefault(state, 0);
    }

    long starts(WorkerStartReason reason) {
        return statistics.starts().getOrDefault(reason, 0L);
    }

    long ends(WorkerEndCause cause) {
        return statistics.ends().getOrDefault(cause, 0L);
    }

    /** 0 up, 1 degraded, 2 down. */
    int state() {
        return switch (health) {
            case UP -> 0;
            case DEGRADED -> 1;
            case DOWN -> 2;
        };
    }
}
