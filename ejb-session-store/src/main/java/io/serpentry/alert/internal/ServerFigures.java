// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import io.serpentry.alert.AlertRule;
import io.serpentry.connector.EndedCall;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PoolHealth;
import io.serpentry.connector.PoolListener;
import io.serpentry.connector.PoolStatistics;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerStartReason;
import io.serpentry.connector.WorkerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The figures of this server. One thread looks; calls may end meanwhile on any other. */
final class ServerFigures implements PoolListener {

    private final PythonPools pools;
    private final LongSupplier conflicts;
    private final Duration window;
    private final RateWindow conflictRate;
    private final Map<String, CallWindow> calls = new ConcurrentHashMap<>();
    private final Map<String, RateWindow> restarts = new ConcurrentHashMap<>();

    /** @param conflicts how many conflicts there were since the server started */
    ServerFigures(PythonPools pools, LongSupplier conflicts, Duration window) {
        this.pools = pools;
        this.conflicts = conflicts;
        this.window = window;
        this.conflictRate = new RateWindow(window);
    }

    @Override
    public void callEnded(EndedCall call) {
        calls(call.pool()).ended(call);
    }

    /** Of a pool that can start no worker no call ever ends. */
    @Override
    public void connectionWaited(String pool, Duration waited, @Nullable ErrorCode failure) {
        if (failure != null) {
            calls(pool).refused(failure);
        }
    }

    private CallWindow calls(String pool) {
        return calls.computeIfAbsent(pool, name -> new CallWindow(window));
    }

    List<Reading> read(Instant now, boolean storeIsReached) {
        List<Reading> readings = new ArrayList<>();
        pools.list().forEach(pool -> readings.addAll(read(pool, now)));
        readings.add(new Reading(AlertRule.CONFLICTS, conflictRate.perMinute(now, conflicts.getAsLong())));
        readings.add(new Reading(AlertRule.CIRCUIT, storeIsReached ? 0 : 1));
        return readings;
    }

    private List<Reading> read(PythonPool pool, Instant now) {
        String name = pool.name();
        CallWindow.Figures figures = calls(name).look(now);
        PoolStatistics statistics = pool.statistics();
        long recovered = statistics.starts().getOrDefault(WorkerStartReason.RECOVERY, 0L);
        RateWindow rate = restarts.computeIfAbsent(name, unused -> new RateWindow(window));
        long memory = pool.workers().stream()
                .mapToLong(WorkerStatus::memoryBytes)
                .max()
                .orElse(0);
        return List.of(
                new Reading(AlertRule.CALL_P99, name, figures.p99()),
                new Reading(AlertRule.ERROR_RATIO, name, figures.errorRatio()),
                new Reading(AlertRule.WORKER_MEMORY, name, memory),
                new Reading(AlertRule.WORKER_RESTARTS, name, rate.perMinute(now, recovered)),
                new Reading(AlertRule.POOL_WAITING, name, statistics.waiting()),
                new Reading(AlertRule.POOL_DOWN, name, pool.health().state() == PoolHealth.State.DOWN ? 1 : 0));
    }
}
