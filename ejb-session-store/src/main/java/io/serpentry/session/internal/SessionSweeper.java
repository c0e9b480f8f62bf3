// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.event.EventLog;
import io.serpentry.event.NewEvent;
import io.serpentry.session.Caller;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreMonitor;
import io.serpentry.session.StoreStatus;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.internal.config.AlertSettings;
import io.serpentry.session.internal.config.MigrationSettings;
import io.serpentry.session.internal.config.SlowSettings;
import io.serpentry.session.internal.config.StoreSettings.EventSettings;
import io.serpentry.session.internal.config.StoreSettings.SweepSettings;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.EJB;
import jakarta.ejb.Local;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.Timer;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Removes expired sessions and announces ended ones, from time to time, on each server. Each run arms the timer of the next, so that a slow
 * one delays it rather than meets it.
 */
@Backing
@Singleton(name = "StoreMonitor")
@Startup
@DependsOn({"SessionStore", "EventLog"})
@Local(StoreMonitor.class)
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
@PermitAll
public class SessionSweeper implements StoreMonitor {

    private static final String SWEEP = "serpentry session sweep";
    private static final String DELIVER = "serpentry session announcements";
    private static final int DELIVERIES = 500;
    private static final int FORGOTTEN = 1000;

    /** Another one in tests. */
    InstantSource clock = InstantSource.system();

    private final AtomicReference<@Nullable Instant> lastSweep = new AtomicReference<>();
    private final AtomicLong swept = new AtomicLong();

    @EJB(beanName = "SessionStore")
    SessionStore store;

    @Inject
    StoreBackend backend;

    @Inject
    Config config;

    @Inject
    StoreMetrics metrics;

    @Inject
    CircuitWatch circuit;

    @Inject
    StoreGuard guard;

    @Inject
    Event<SessionEnded> ended;

    @EJB(beanName = "EventLog")
    EventLog events;

    @Resource
    TimerService timers;

    @PostConstruct
    void start() {
        arm(SWEEP, jittered(settings().interval()));
        arm(DELIVER, settings().deliverInterval());
    }

    private SweepSettings settings() {
        return backend.settings().sweep();
    }

    private void arm(String name, Duration pause) {
        timers.createSingleActionTimer(pause.toMillis(), new TimerConfig(name, false));
    }

    private Duration jittered(Duration interval) {
        long spread = interval.toMillis() * settings().jitterPercent() / 100;
        return interval.plusMillis(ThreadLocalRandom.current().nextLong(-spread, spread + 1));
    }

    @Timeout
    void wake(Timer timer) {
        if (SWEEP.equals(timer.getInfo())) {
            sweepAndArm();
        } else {
            deliverAndArm();
        }
    }

    private void sweepAndArm() {
        Duration pause = jittered(settings().interval());
        try {
            sweep();
        } catch (RuntimeException e) {
            SessionLog.LOG.sweepFailed(pause, e);
        } finally {
            arm(SWEEP, pause);
        }
    }

    private void sweep() {
        Instant begun = clock.instant();
        Instant end = begun.plus(settings().budget());
        int batch = settings().batch();
        long expired = 0;
        int last;
        do {
            last = store.expireDue(batch);
            expired += last;
        } while (last == batch && clock.instant().isBefore(end));
        int forgotten;
        do {
            forgotten = forget(begun);
        } while (forgotten >= FORGOTTEN && clock.instant().isBefore(end));
        swept.addAndGet(expired);
        lastSweep.set(begun);
        SessionStatistics statistics = store.statistics(Caller.SYSTEM);
        metrics.sampled(statistics);
        if (expired > 0 || statistics.overdue() > 0) {
            SessionLog.LOG.swept(expired, Duration.between(begun, clock.instant()), statistics.overdue());
        }
    }

    /** History, audit and events that are older than they are to be kept; how many rows. */
    private int forget(Instant now) {
        Instant historyBefore = now.minus(backend.settings().sessions().historyAge());
        Instant auditBefore = now.minus(settings().auditAge());
        return guard.call(Operation.FORGET, () -> backend.store().forget(historyBefore, auditBefore, FORGOTTEN))
                + forgetEvents(now);
    }

    private int forgetEvents(Instant now) {
        EventSettings kept = backend.settings().events();
        return guard.call(Operation.FORGET, () -> backend.events()
                .forget(now.minus(kept.retention()), kept.maxCount(), FORGOTTEN));
    }

    private void deliverAndArm() {
        Duration pause = settings().deliverInterval();
        try {
            int delivered;
            do {
                delivered = store.deliver(DELIVERIES, this::announce);
            } while (delivered == DELIVERIES);
        } catch (RuntimeException e) {
            SessionLog.LOG.deliveryFailed(pause, e);
        } finally {
            arm(DELIVER, pause);
        }
    }

    private void announce(SessionEnded announcement) {
        ApplicationSessions.placements().forget(announcement.session());
        ended.fire(announcement);
        metrics.happened(announcement.kind(), announcement.reason().name().toLowerCase(Locale.ROOT), 1);
        if (announcement.kind() == SessionKind.DURABLE) {
            events.publish(List.of(event(announcement)));
            SessionLog.LOG.ended(announcement.session(), announcement.owner(), announcement.reason());
        }
    }

    private static NewEvent event(SessionEnded announcement) {
        return new NewEvent(
                "session.ended",
                Map.of(
                        "session",
                        announcement.session(),
                        "owner",
                        announcement.owner(),
                        "reason",
                        announcement.reason().name().toLowerCase(Locale.ROOT)));
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.SUPPORTS)
    public SortedMap<String, String> configuration() {
        SortedMap<String, String> settings = new TreeMap<>();
        Stream.of(
                        backend.settings().effective(),
                        MigrationSettings.of(config).effective(),
                        AlertSettings.of(config).effective(),
                        SlowSettings.of(config).effective())
                .flatMap(Collection::stream)
                .forEach(setting -> settings.put(setting.key(), setting.value()));
        return settings;
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.SUPPORTS)
    public String schemaVersion() {
        return backend.schemaVersion();
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.SUPPORTS)
    public Optional<SessionStatistics> lastStatistics() {
        return metrics.lastSample();
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.SUPPORTS)
    public StoreStatus status() {
        CircuitWatch.State state = circuit.state();
        return new StoreStatus(
                "jpa",
                backend.adapter(),
                store.capabilities(),
                state.circuit(),
                state.since(),
                guard.lastFailure(),
                lastSweep.get(),
                swept.get());
    }
}
