// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import io.serpentry.connector.CurrentCall;
import io.serpentry.connector.FunctionInfo;
import io.serpentry.connector.PoolHealth;
import io.serpentry.connector.PoolStatistics;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerHolder;
import io.serpentry.connector.WorkerStartReason;
import io.serpentry.connector.WorkerState;
import io.serpentry.connector.WorkerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A pool that shows the workers it was told to. */
public class ShownPool implements PythonPool {

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

    private final String name;
    private final List<WorkerStatus> workers = new ArrayList<>();

    public ShownPool(String name) {
        this.name = name;
    }

    public ShownPool with(WorkerState state, long memoryBytes) {
        return with(state, memoryBytes, null);
    }

    ShownPool withBusy(WorkerState state, long memoryBytes) {
        return with(state, memoryBytes, new CurrentCall("hello.sleep", AT, 5000));
    }

    private ShownPool with(WorkerState state, long memoryBytes, CurrentCall call) {
        workers.add(new WorkerStatus(name + "-" + workers.size(), name, 1, 1, state, false, 0, AT, memoryBytes, call));
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    /** As many workers as were started as were ever told. */
    @Override
    public PoolStatistics statistics() {
        return new PoolStatistics(
                name,
                2,
                4,
                0,
                0,
                0,
                0,
                "fork",
                null,
                0,
                1,
                0,
                0,
                0,
                workers.size(),
                0,
                null,
                Map.of(WorkerStartReason.DEMAND, (long) workers.size()),
                Map.of());
    }

    @Override
    public List<WorkerStatus> workers() {
        return List.copyOf(workers);
    }

    @Override
    public PoolHealth health() {
        return new PoolHealth(PoolHealth.State.DEGRADED, "because");
    }

    @Override
    public Duration callTimeout() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, String> settings() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PythonConnectionFactory connectionFactory() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<FunctionInfo> functions() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<FunctionInfo> function(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void cordon(String workerId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void uncordon(String workerId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean drain(String workerId, Duration limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<WorkerHolder> awaitUnused(String workerId, Duration limit) {
        return List.of();
    }

    @Override
    public String stacks(String workerId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String profile(String workerId, Duration duration) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void recycle(String workerId) {
        throw new UnsupportedOperationException();
    }
}
