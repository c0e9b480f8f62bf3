// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.FunctionInfo;
import io.serpentry.connector.PoolHealth;
import io.serpentry.connector.PoolStatistics;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerHolder;
import io.serpentry.connector.WorkerState;
import io.serpentry.connector.WorkerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A pool without processes: its workers are what the test says. For one thread at a time. */
public final class FakePool implements PythonPool {

    private static final AtomicLong PIDS = new AtomicLong(1);

    private final String name;
    private final Map<String, WorkerStatus> workers = new LinkedHashMap<>();
    private final Map<String, List<WorkerHolder>> holders = new LinkedHashMap<>();
    private final List<String> care = Collections.synchronizedList(new ArrayList<>());
    private final FakeConnections connections = new FakeConnections(this);
    private PoolHealth.State health = PoolHealth.State.UP;
    private Runnable uncordoning = () -> {};
    private Waiting waiting = limit -> {};

    FakePool(String name) {
        this.name = name;
    }

    /** What a wait is in the test's time. */
    @FunctionalInterface
    public interface Waiting {
        void passes(Duration limit);
    }

    public FakePool waiting(Waiting instead) {
        waiting = instead;
        return this;
    }

    public FakePool start(String worker) {
        put(worker, WorkerState.LIVE, false, 0);
        return this;
    }

    private void put(String worker, WorkerState state, boolean cordoned, long memory) {
        WorkerStatus before = workers.get(worker);
        long pid = before == null ? PIDS.getAndIncrement() : before.pid();
        workers.put(
                worker, new WorkerStatus(worker, name, pid, 1, state, cordoned, 0, ManualClock.START, memory, null));
    }

    public void state(String worker, WorkerState state) {
        put(worker, state, false, 0);
    }

    public void memory(String worker, long bytes) {
        put(worker, WorkerState.LIVE, status(worker).cordoned(), bytes);
    }

    public void health(PoolHealth.State is) {
        health = is;
    }

    /** It dies. */
    public void end(String worker) {
        workers.remove(worker);
    }

    public void hold(String worker, WorkerHolder... by) {
        holders.put(worker, List.of(by));
    }

    /** Done before a cordon is taken back. */
    public void beforeUncordon(Runnable action) {
        uncordoning = action;
    }

    public FakeConnections connections() {
        return connections;
    }

    /** What was done with its workers, such as "cordon w1". */
    public List<String> care() {
        return List.copyOf(care);
    }

    public WorkerStatus status(String worker) {
        WorkerStatus status = workers.get(worker);
        if (status == null) {
            throw PythonException.of(ErrorDetail.of(ErrorCode.NOT_FOUND, "no worker " + worker + " lives"));
        }
        return status;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<WorkerStatus> workers() {
        return List.copyOf(workers.values());
    }

    @Override
    public PythonConnectionFactory connectionFactory() {
        return connections;
    }

    @Override
    public void cordon(String workerId) {
        WorkerStatus status = status(workerId);
        care.add("cordon " + workerId);
        put(workerId, status.state(), true, status.memoryBytes());
    }

    @Override
    public void uncordon(String workerId) {
        uncordoning.run();
        WorkerStatus status = status(workerId);
        care.add("uncordon " + workerId);
        put(workerId, status.state(), false, status.memoryBytes());
    }

    @Override
    public boolean drain(String workerId, Duration limit) {
        WorkerStatus drained = status(workerId);
        care.add("drain " + drained.id());
        if (!holders.getOrDefault(workerId, List.of()).isEmpty()) {
            put(workerId, WorkerState.LIVE, true, 0);
            waiting.passes(limit);
            return false;
        }
        workers.remove(workerId);
        return true;
    }

    @Override
    public List<WorkerHolder> awaitUnused(String workerId, Duration limit) {
        WorkerStatus awaited = status(workerId);
        if (!holders.getOrDefault(awaited.id(), List.of()).isEmpty()) {
            waiting.passes(limit);
        }
        return holders.getOrDefault(awaited.id(), List.of());
    }

    @Override
    public PoolStatistics statistics() {
        return new PoolStatistics(
                name, 0, 0, 0, 0, 0, 0, "fork", null, 0, 0, 0, 0, 0, workers.size(), 0, null, Map.of(), Map.of());
    }

    @Override
    public PoolHealth health() {
        return new PoolHealth(health, "the test says so");
    }

    @Override
    public Map<String, String> settings() {
        return Map.of();
    }

    @Override
    public Duration callTimeout() {
        return Duration.ofMinutes(1);
    }

    @Override
    public List<FunctionInfo> functions() {
        return List.of();
    }

    @Override
    public Optional<FunctionInfo> function(String function) {
        return Optional.empty();
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
