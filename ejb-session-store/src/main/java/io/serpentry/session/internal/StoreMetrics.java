// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.StoreStatus.Circuit;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;
import org.jspecify.annotations.Nullable;

/** What the store counts and measures. Gauges over all sessions are as of the last sweep. */
@ApplicationScoped
public class StoreMetrics {

    private static final String STORE = "jpa";
    private static final String CONFLICTS = "serpentry_session_conflicts_total";

    /** How an operation of the store has ended. */
    private record Outcome(Operation operation, String tag) {}

    private final @Nullable MetricRegistry registry;
    /** The registry takes longer to find one than the timer to measure. */
    private final Map<Outcome, Timer> timers = new ConcurrentHashMap<>();

    private final InstantSource clock = InstantSource.system();
    private final AtomicReference<@Nullable SessionStatistics> sampled = new AtomicReference<>();
    private final AtomicReference<Circuit> circuit = new AtomicReference<>(Circuit.CLOSED);

    /** For the container's proxy. */
    StoreMetrics() {
        registry = null;
    }

    @Inject
    StoreMetrics(MetricRegistry registry) {
        this.registry = registry;
        registerGauges(registry);
        registry.counter(CONFLICTS);
    }

    private void registerGauges(MetricRegistry metrics) {
        for (SessionKind kind : SessionKind.values()) {
            gauge(
                    metrics,
                    "serpentry_sessions",
                    "Sessions that live",
                    statistics -> count(statistics, kind),
                    kindTag(kind));
        }
        gauge(metrics, "serpentry_store_bytes", "Content of all entries, in whole KiB", SessionStatistics::bytes);
        gauge(metrics, "serpentry_session_entries", "Entries of all sessions", SessionStatistics::entries);
        gauge(
                metrics,
                "serpentry_session_backlog",
                "Expired sessions that are not swept yet",
                SessionStatistics::overdue);
        gauge(
                metrics,
                "serpentry_session_quarantined_entries",
                "Entries that can not be read",
                SessionStatistics::quarantined);
        gauge(
                metrics,
                "serpentry_session_undelivered_events",
                "Ended sessions that are not announced yet",
                SessionStatistics::undelivered);
        gauge(metrics, "serpentry_session_age_seconds", "Age of the oldest session", this::oldestAge);
        metrics.gauge(
                metadata("serpentry_store_circuit_state", "0 closed, 1 half open, 2 open"),
                circuit,
                state -> number(state.get()),
                new Tag("store", STORE));
    }

    private void gauge(
            MetricRegistry metrics,
            String name,
            String description,
            ToDoubleFunction<SessionStatistics> value,
            Tag... tags) {
        metrics.gauge(metadata(name, description), sampled, statistics -> sample(statistics.get(), value), tags);
    }

    private static double sample(@Nullable SessionStatistics statistics, ToDoubleFunction<SessionStatistics> value) {
        return statistics == null ? 0 : value.applyAsDouble(statistics);
    }

    private static Metadata metadata(String name, String description) {
        return Metadata.builder().withName(name).withDescription(description).build();
    }

    private static double count(SessionStatistics statistics, SessionKind kind) {
        return statistics.sessions().getOrDefault(kind, 0L);
    }

    private double oldestAge(SessionStatistics statistics) {
        Instant oldest = statistics.oldest();
        return oldest == null ? 0 : Duration.between(oldest, clock.instant()).toMillis() / 1000.0;
    }

    private static double number(@Nullable Circuit state) {
        return switch (Objects.requireNonNull(state)) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            case OPEN -> 2;
        };
    }

    private static Tag kindTag(SessionKind kind) {
        return new Tag("kind", kind.name().toLowerCase(Locale.ROOT));
    }

    private MetricRegistry registry() {
        if (registry == null) {
            throw new IllegalStateException("Only the container's proxy has no registry");
        }
        return registry;
    }

    /** How many there were since the server started. */
    long conflicts() {
        return registry().counter(CONFLICTS).getCount();
    }

    /** As of the last sweep; empty before the first. */
    Optional<SessionStatistics> lastSample() {
        return Optional.ofNullable(sampled.get());
    }

    void sampled(SessionStatistics statistics) {
        sampled.set(statistics);
    }

    void done(Operation operation, Duration duration) {
        record(operation, "ok", duration);
    }

    void failed(Operation operation, RuntimeException failure, Duration duration) {
        record(operation, code(failure).name().toLowerCase(Locale.ROOT), duration);
        if (failure instanceof SessionConflictException) {
            registry().counter(CONFLICTS).inc();
        }
    }

    /** The code of what an operation has failed with. */
    static ErrorCode code(RuntimeException failure) {
        return failure instanceof PythonException known ? known.code() : ErrorCode.INTERNAL;
    }

    private void record(Operation operation, String outcome, Duration duration) {
        timers.computeIfAbsent(new Outcome(operation, outcome), this::timer).update(duration);
    }

    private Timer timer(Outcome outcome) {
        return registry()
                .timer(
                        "serpentry_session_store_seconds",
                        new Tag("adapter", STORE),
                        new Tag("operation", outcome.operation().tag()),
                        new Tag("outcome", outcome.tag()));
    }

    /** A session was created, ended, restored: what happened to how many. */
    void happened(SessionKind kind, String event, long count) {
        counter(kind, event).inc(count);
    }

    /** Of that event, for who counts it often: to look a metric up takes longer than to count. */
    Counter counter(SessionKind kind, String event) {
        // Not serpentry_sessions_total: Prometheus takes that for the same name as the gauge's.
        return registry().counter("serpentry_session_events_total", kindTag(kind), new Tag("event", event));
    }

    void corruptRead(String reason) {
        registry()
                .counter("serpentry_session_corrupt_reads_total", new Tag("reason", reason.toLowerCase(Locale.ROOT)))
                .inc();
    }

    void retried(Operation operation) {
        registry()
                .counter("serpentry_session_retries_total", new Tag("operation", operation.tag()))
                .inc();
    }

    void circuit(Circuit state) {
        circuit.set(state);
        registry()
                .counter(
                        "serpentry_store_circuit_changes_total",
                        new Tag("store", STORE),
                        new Tag("state", state.name().toLowerCase(Locale.ROOT)))
                .inc();
    }
}
