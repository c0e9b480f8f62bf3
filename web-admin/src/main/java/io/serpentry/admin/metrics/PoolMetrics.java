// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import static io.serpentry.admin.metrics.Registering.metadata;
import static java.util.Objects.requireNonNull;

import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerStartReason;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;

/**
 * The metrics of the pools. They show the last {@link #look}, so that the numbers of one answer fit together and each
 * process is asked for its memory once. Safe for use by any number of threads.
 */
@ApplicationScoped
public class PoolMetrics {

    // The names are as Prometheus shows them, so that nobody has to translate.
    private static final Metadata WORKERS = metadata(
            "serpentry_pool_workers",
            MetricUnits.NONE,
            "Python processes of a pool; the states add up to all that live");
    private static final Metadata MEMORY = metadata(
            "serpentry_worker_memory_bytes",
            MetricUnits.BYTES,
            "Resident memory of a pool's Python processes together; what forked ones share counts for each");
    private static final Metadata STARTS =
            metadata("serpentry_worker_starts_total", MetricUnits.NONE, "Workers of a pool that have started, by why");
    private static final Metadata ENDS =
            metadata("serpentry_worker_ends_total", MetricUnits.NONE, "Workers of a pool that have ended, by why");
    private static final Metadata WAITING =
            metadata("serpentry_pool_waiting", MetricUnits.NONE, "Threads that wait for a connection at this moment");
    private static final Metadata CONNECTIONS_MAX = metadata(
            "serpentry_pool_connections_max", MetricUnits.NONE, "Connections that a pool may have; -1 if unknown");
    private static final Metadata STATE =
            metadata("serpentry_pool_state", MetricUnits.NONE, "0 up, 1 degraded, 2 down");

    @Inject
    PythonPools pools;

    @Inject
    MetricRegistry registry;

    private final Map<String, PoolReading> readings = new ConcurrentHashMap<>();

    /** Reads every pool, and registers the metrics of one that is seen for the first time. */
    public void look() {
        for (PythonPool pool : pools.list()) {
            if (readings.put(pool.name(), PoolReading.of(pool)) == null) {
                register(pool.name());
            }
        }
    }

    private void register(String pool) {
        Tag tag = new Tag("pool", pool);
        for (PoolReading.State state : PoolReading.State.values()) {
            registry.gauge(WORKERS, () -> last(pool).workers(state), tag, new Tag("state", state.tag()));
        }
        registry.gauge(MEMORY, () -> last(pool).memoryBytes(), tag);
        registry.gauge(WAITING, () -> last(pool).statistics().waiting(), tag);
        registry.gauge(CONNECTIONS_MAX, () -> last(pool).statistics().max(), tag);
        registry.gauge(STATE, () -> last(pool).state(), tag);
        for (WorkerStartReason reason : WorkerStartReason.values()) {
            counter(STARTS, last -> last.starts(reason), pool, new Tag("reason", tag(reason)));
        }
        for (WorkerEndCause cause : WorkerEndCause.values()) {
            counter(ENDS, last -> last.ends(cause), pool, new Tag("cause", tag(cause)));
        }
    }

    private void counter(Metadata metadata, ToDoubleFunction<PoolReading> count, String pool, Tag tag) {
        Registering.counter(
                registry,
                metadata,
                this,
                metrics -> count.applyAsDouble(metrics.last(pool)),
                new Tag("pool", pool),
                tag);
    }

    private static String tag(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private PoolReading last(String pool) {
        return requireNonNull(readings.get(pool));
    }
}
