// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import static io.serpentry.admin.metrics.Registering.metadata;
import static java.util.Objects.requireNonNull;

import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
            metadata("serpentry_worker_starts_total", MetricUnits.NONE, "Workers of a pool that have started");

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
        Registering.counter(
                registry, STARTS, this, metrics -> metrics.last(pool).started(), tag);
    }

    private PoolReading last(String pool) {
        return requireNonNull(readings.get(pool));
    }
}
