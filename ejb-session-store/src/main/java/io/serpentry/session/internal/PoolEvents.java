// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.connector.PoolHealth;
import io.serpentry.connector.PoolListener;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerStartReason;
import io.serpentry.event.NewEvent;
import io.serpentry.session.execution.ApplicationSessions;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Publishes what happens to the workers of this server, and how its pools are. */
@Backing
@Singleton
@Startup
@DependsOn("EventLog")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class PoolEvents {

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Map<String, PoolHealth.State> states = new ConcurrentHashMap<>();

    @Inject
    EventWriter events;

    @Resource(lookup = "java:/eis/PythonPools")
    PythonPools pools;

    @Resource
    ManagedScheduledExecutorService threads;

    /** The pools refer to it weakly. */
    private @Nullable PoolListener listener;

    private @Nullable Future<?> looking;

    @PostConstruct
    void start() {
        listener = new Workers(events);
        pools.addListener(listener);
        pools.addListener(ApplicationSessions.placements());
        looking = threads.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        listener = null;
        Future<?> ours = looking;
        if (ours != null) {
            ours.cancel(false);
        }
    }

    /** How a pool is follows from what happened to it and from the time that has passed, so somebody has to look. */
    private void look() {
        try {
            pools.list().forEach(this::look);
        } catch (RuntimeException e) {
            // The container would look no more.
            SessionLog.LOG.healthUnknown(e);
        }
    }

    private void look(PythonPool pool) {
        PoolHealth health = pool.health();
        PoolHealth.State before = states.put(pool.name(), health.state());
        if (before != null && before != health.state()) {
            events.publish(new NewEvent(
                    "pool.health",
                    Map.of(
                            "pool", pool.name(),
                            "state", lower(health.state()),
                            "before", lower(before),
                            "reason", health.reason())));
        }
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private record Workers(EventWriter events) implements PoolListener {

        private void publish(String type, String pool, WorkerIdentity worker, Map<String, String> more) {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("pool", pool);
            data.put("worker", worker.id());
            data.put("pid", worker.pid());
            data.putAll(more);
            events.publish(new NewEvent(type, data));
        }

        @Override
        public void workerStarted(String pool, WorkerIdentity worker, WorkerStartReason reason) {
            publish("worker.started", pool, worker, Map.of("reason", lower(reason)));
        }

        @Override
        public void workerEnded(String pool, WorkerIdentity worker, WorkerEndCause cause, String how) {
            publish("worker.ended", pool, worker, Map.of("cause", lower(cause), "how", how));
        }

        @Override
        public void workerCordoned(String pool, WorkerIdentity worker) {
            publish("worker.cordoned", pool, worker, Map.of());
        }

        @Override
        public void workerUncordoned(String pool, WorkerIdentity worker) {
            publish("worker.uncordoned", pool, worker, Map.of());
        }
    }
}
