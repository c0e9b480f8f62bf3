// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.FunctionInfo;
import io.serpentry.connector.PoolHealth;
import io.serpentry.connector.PoolStatistics;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.StartFailure;
import io.serpentry.connector.WorkerHolder;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.connector.internal.worker.CallTracing;
import io.serpentry.connector.internal.worker.PoolCounters;
import io.serpentry.connector.internal.worker.PoolListeners;
import io.serpentry.connector.internal.worker.PoolSettings;
import io.serpentry.connector.internal.worker.Surroundings;
import io.serpentry.connector.internal.worker.WorkerLog;
import io.serpentry.connector.internal.worker.WorkerPool;
import io.serpentry.connector.internal.worker.ZygoteKeeper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A pool as others see it: our workers and the container's sizes together. */
final class PoolView implements PythonPool {

    private static final Duration RECENT = Duration.ofMinutes(1);
    /** Of a container that does not tell. */
    private static final Duration BLOCKING_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration SHORTEST_PROFILE = Duration.ofMillis(100);
    private static final Duration LONGEST_PROFILE = Duration.ofMinutes(1);

    private final InstantSource clock = InstantSource.system();
    private final WorkerPool workers;
    private final Caller caller;
    private final Map<String, String> settings;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile @Nullable PythonConnectionFactory factory;
    private volatile @Nullable ContainerPool container;

    PoolView(
            PoolSettings settings,
            Map<String, String> described,
            Supplier<Surroundings> surroundings,
            PoolListeners listeners) {
        this.workers = new WorkerPool(settings, surroundings, clock, listeners);
        this.caller = new Caller(workers);
        this.settings = masked(described);
        workers.onRetry(this::fillToMinimum);
    }

    /** The container fills a pool only once and then when a connection is destroyed; after a failed start we ask for it. */
    private void fillToMinimum() {
        PythonConnectionFactory made = factory;
        List<PythonConnection> taken = new ArrayList<>();
        try {
            for (int missing = min() - workers.channels(); made != null && missing > 0; missing--) {
                taken.add(made.getConnection());
            }
        } catch (PythonException e) {
            WorkerLog.LOG.debug("the pool can not be filled yet", e);
        } finally {
            taken.forEach(PythonConnection::close);
        }
    }

    /** The environment may hold secrets: its names are shown, its values are not. */
    private static Map<String, String> masked(Map<String, String> described) {
        described.computeIfPresent("environment", (name, value) -> value.replaceAll("=(\\\\,|[^,])*", "=***"));
        return Map.copyOf(described);
    }

    WorkerPool workerPool() {
        return workers;
    }

    Caller caller() {
        return caller;
    }

    void bound(PythonConnectionFactory made, ContainerPool sizes) {
        factory = made;
        container = sizes;
    }

    CallTracing tracing() {
        return workers.listeners().tracing();
    }

    /** The moment, for {@link #waitEnds}. */
    long waitBegins() {
        waiting.incrementAndGet();
        return System.nanoTime();
    }

    /** @param failure null if the connection was got */
    void waitEnds(long beganNanos, @Nullable ErrorCode failure) {
        waiting.decrementAndGet();
        PoolListeners listeners = workers.listeners();
        if (!listeners.isEmpty()) {
            Duration waited = Duration.ofNanos(System.nanoTime() - beganNanos);
            listeners.tell(listener -> listener.connectionWaited(name(), waited, failure));
        }
    }

    /** How long the container lets somebody wait for a connection. */
    Duration blockingTimeout() {
        int millis = container == null ? ContainerPool.UNKNOWN : container.blockingTimeoutMillis();
        return millis < 0 ? BLOCKING_TIMEOUT : Duration.ofMillis(millis);
    }

    void close() {
        workers.close();
    }

    // ---- what is shown

    @Override
    public String name() {
        return workers.settings().name();
    }

    @Override
    public PoolStatistics statistics() {
        ZygoteKeeper.Status zygote = workers.zygote();
        PoolCounters counters = workers.counters();
        int channels = workers.channels();
        int idle = workers.idleChannels();
        return new PoolStatistics(
                name(),
                min(),
                max(),
                workers.live(),
                idle,
                Math.max(0, channels - idle),
                waiting.get(),
                zygote.start(),
                zygote.startReason(),
                zygote.pid(),
                zygote.generation(),
                counters.callCount(),
                counters.failureCount(),
                counters.timeoutCount(),
                counters.startedCount(),
                counters.lostCount(),
                workers.lastStartFailure(),
                counters.starts(),
                counters.ends());
    }

    @Override
    public PoolHealth health() {
        StartFailure failure = workers.lastStartFailure();
        int live = workers.live();
        if (failure != null) {
            return new PoolHealth(
                    live == 0 ? PoolHealth.State.DOWN : PoolHealth.State.DEGRADED,
                    (live == 0 ? "No worker lives. " : live + " workers serve. ") + "The last start failed: "
                            + failure.message());
        }
        Instant lost = workers.counters().lastLost();
        if (lost != null && lost.isAfter(clock.instant().minus(RECENT))) {
            return new PoolHealth(PoolHealth.State.DEGRADED, live + " workers serve; one died within the last minute.");
        }
        int channels = workers.channels();
        if (channels < min()) {
            return new PoolHealth(
                    PoolHealth.State.DEGRADED,
                    channels + " of at least " + min() + " connections are open; more are starting.");
        }
        return new PoolHealth(
                PoolHealth.State.UP, live == 0 ? "Ready; the first call starts a worker." : live + " workers serve.");
    }

    @Override
    public List<WorkerStatus> workers() {
        return workers.workers();
    }

    @Override
    public Duration callTimeout() {
        return workers.settings().callTimeout();
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    @Override
    public PythonConnectionFactory connectionFactory() {
        PythonConnectionFactory made = factory;
        if (made == null) {
            throw PythonException.of(
                    ErrorDetail.of(ErrorCode.ILLEGAL_STATE, "the container has not bound pool " + name() + " yet"));
        }
        return made;
    }

    // ---- functions and care

    @Override
    public List<FunctionInfo> functions() {
        return List.copyOf(workers.catalogue().values());
    }

    @Override
    public Optional<FunctionInfo> function(String function) {
        return Optional.ofNullable(workers.catalogue().get(function));
    }

    @Override
    public void cordon(String workerId) {
        workers.caretaker().cordon(workerId);
    }

    @Override
    public void uncordon(String workerId) {
        workers.caretaker().uncordon(workerId);
    }

    @Override
    public boolean drain(String workerId, Duration limit) {
        return workers.caretaker().drain(workerId, limit);
    }

    @Override
    public List<WorkerHolder> awaitUnused(String workerId, Duration limit) {
        return workers.caretaker().awaitUnused(workerId, limit);
    }

    @Override
    public void recycle(String workerId) {
        workers.caretaker().recycle(workerId);
    }

    @Override
    public String stacks(String workerId) {
        return workers.look(workerId, Duration.ZERO);
    }

    @Override
    public String profile(String workerId, Duration duration) {
        if (duration.compareTo(SHORTEST_PROFILE) < 0 || duration.compareTo(LONGEST_PROFILE) > 0) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "a profile takes from " + SHORTEST_PROFILE + " to " + LONGEST_PROFILE + ", not " + duration)
                    .context(Map.of("argument", "duration")));
        }
        return workers.look(workerId, duration);
    }

    private int min() {
        return container == null ? ContainerPool.UNKNOWN : container.min();
    }

    private int max() {
        return container == null ? ContainerPool.UNKNOWN : container.max();
    }

    // ---- exhaustion

    /** Whether a refusal of the container can only mean that all connections are taken. */
    boolean isExhausted() {
        return workers.idleChannels() == 0 && (max() == ContainerPool.UNKNOWN || workers.channels() >= max());
    }

    String describeExhaustion() {
        int timeout = container == null ? ContainerPool.UNKNOWN : container.blockingTimeoutMillis();
        return "no worker of pool " + name() + " became free"
                + (timeout < 0 ? "" : " within " + timeout + " ms")
                + ": " + workers.channels() + (max() < 0 ? "" : " of at most " + max()) + " connections in use, "
                + waiting.get() + " threads waiting; make the pool larger, the calls shorter, or the blocking timeout"
                + " longer";
    }
}
