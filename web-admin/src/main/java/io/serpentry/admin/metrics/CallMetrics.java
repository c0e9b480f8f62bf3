// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import static io.serpentry.admin.metrics.Registering.metadata;

import io.serpentry.connector.EndedCall;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PoolListener;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.StartFailure;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of what can not be read from a pool afterwards: how long calls took and how they ended, how long somebody waited
 * for a connection, starts that failed. Safe for use by any number of threads.
 */
@ApplicationScoped
public class CallMetrics implements PoolListener {

    private static final Metadata CALLS = metadata(
            "serpentry_call_seconds",
            MetricUnits.SECONDS,
            "Calls of Python, without the wait for a connection; the outcome is ok or the code of the error");
    private static final Metadata WAITS = metadata(
            "serpentry_pool_wait_seconds",
            MetricUnits.SECONDS,
            "Requests for a connection, until it was got or refused; the outcome is ok or the code of the error");
    private static final Metadata START_FAILURES = metadata(
            "serpentry_worker_start_failures_total", MetricUnits.NONE, "Attempts to start a worker that failed");

    /** To ask the registry takes longer than to measure. */
    private record Key(
            Metadata metadata, String pool, @Nullable ErrorCode failure) {}

    @Inject
    PythonPools pools;

    @Inject
    MetricRegistry registry;

    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

    /** Begins to listen with the application, not with the first that asks for metrics. */
    void begin(@Observes @Initialized(ApplicationScoped.class) Object started) {}

    @PostConstruct
    void listen() {
        pools.addListener(this);
    }

    @PreDestroy
    void stop() {
        pools.removeListener(this);
    }

    /** Registers the metrics of pools that nothing has happened in yet. */
    public void look() {
        pools.list().stream().map(PythonPool::name).forEach(this::registerZero);
    }

    private void registerZero(String pool) {
        timer(CALLS, pool, null);
        timer(WAITS, pool, null);
        registry.counter(START_FAILURES, new Tag("pool", pool));
    }

    @Override
    public void callEnded(EndedCall call) {
        timer(CALLS, call.pool(), call.failure()).update(call.duration());
    }

    @Override
    public void connectionWaited(String pool, Duration waited, @Nullable ErrorCode failure) {
        timer(WAITS, pool, failure).update(waited);
    }

    @Override
    public void startFailed(String pool, StartFailure failure) {
        registry.counter(START_FAILURES, new Tag("pool", pool)).inc();
    }

    private Timer timer(Metadata metadata, String pool, @Nullable ErrorCode failure) {
        return timers.computeIfAbsent(new Key(metadata, pool, failure), this::registered);
    }

    private Timer registered(Key key) {
        ErrorCode failure = key.failure();
        String outcome = failure == null ? "ok" : failure.name().toLowerCase(Locale.ROOT);
        return registry.timer(key.metadata(), new Tag("pool", key.pool()), new Tag("outcome", outcome));
    }
}
