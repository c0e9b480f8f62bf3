// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import static io.serpentry.admin.metrics.Registering.metadata;

import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerState;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.execution.SessionTraffic;
import io.serpentry.session.execution.SessionTraffic.CacheCount;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;

/**
 * The metrics of calls in sessions. Which workers live is as of the last {@link #look}. Safe for use by any number of threads.
 */
@ApplicationScoped
public class SessionCallMetrics {

    private static final Metadata REQUESTS = metadata(
            "serpentry_cache_requests_total",
            MetricUnits.NONE,
            "Contents of entries that were looked for in a cache: in a Python process, or in this server");
    private static final Metadata BYTES = metadata(
            "serpentry_cache_bytes",
            MetricUnits.BYTES,
            "What the caches of entry contents hold, the workers' together as of their last calls");
    private static final Metadata SESSIONS = metadata(
            "serpentry_worker_sessions",
            MetricUnits.NONE,
            "Sessions that a worker of the pool served last, and so has warm");
    private static final Metadata SENT_ENTRIES = metadata(
            "serpentry_session_transfer_entries_total",
            MetricUnits.NONE,
            "Contents of entries that were sent to workers of the pool");
    /** Without its unit: with it, the name would be shown with another _bytes_total at its end. */
    private static final Metadata SENT_BYTES = metadata(
            "serpentry_session_transfer_bytes_total", MetricUnits.NONE, "Bytes of the contents that were sent");

    @Inject
    PythonPools pools;

    @Inject
    MetricRegistry registry;

    private final SessionTraffic traffic = ApplicationSessions.traffic();
    private final SessionPlacements placements = ApplicationSessions.placements();
    private final Map<String, Set<WorkerIdentity>> living = new ConcurrentHashMap<>();

    @PostConstruct
    void registerCaches() {
        requests("worker", SessionTraffic::workerCaches);
        requests("server", SessionTraffic::serverCache);
        registry.gauge(BYTES, traffic::workerCacheBytes, new Tag("tier", "worker"));
        registry.gauge(BYTES, traffic::serverCacheBytes, new Tag("tier", "server"));
    }

    private void requests(String tier, Function<SessionTraffic, CacheCount> count) {
        requests(tier, "hit", seen -> count.apply(seen).hits());
        requests(tier, "miss", seen -> count.apply(seen).misses());
    }

    private void requests(String tier, String result, ToDoubleFunction<SessionTraffic> count) {
        counter(REQUESTS, count, new Tag("tier", tier), new Tag("result", result));
    }

    private void counter(Metadata metadata, ToDoubleFunction<SessionTraffic> count, Tag... tags) {
        Registering.counter(registry, metadata, traffic, count, tags);
    }

    /** Sees which workers live, and registers the metrics of a pool that is seen for the first time. */
    public void look() {
        traffic.forgetDead(this::living);
    }

    private Set<WorkerIdentity> living() {
        return pools.list().stream().flatMap(pool -> living(pool).stream()).collect(Collectors.toSet());
    }

    private Set<WorkerIdentity> living(PythonPool pool) {
        Set<WorkerIdentity> now = pool.workers().stream()
                .filter(worker -> worker.state() != WorkerState.DEAD)
                .map(worker -> new WorkerIdentity(worker.id(), worker.pid()))
                .collect(Collectors.toSet());
        if (living.put(pool.name(), now) == null) {
            register(pool.name());
        }
        return now;
    }

    private void register(String name) {
        Tag tag = new Tag("pool", name);
        registry.gauge(SESSIONS, () -> warm(name), tag);
        counter(SENT_ENTRIES, seen -> seen.sent(name).entries(), tag);
        counter(SENT_BYTES, seen -> seen.sent(name).bytes(), tag);
    }

    private int warm(String pool) {
        return living.getOrDefault(pool, Set.of()).stream()
                .mapToInt(worker -> placements.load(worker.id()))
                .sum();
    }
}
