// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import io.serpentry.alert.Alert;
import io.serpentry.alert.AlertCleared;
import io.serpentry.alert.AlertRaised;
import io.serpentry.alert.AlertRule;
import io.serpentry.alert.Alerts;
import io.serpentry.connector.PythonPools;
import io.serpentry.event.EventLog;
import io.serpentry.event.NewEvent;
import io.serpentry.session.Caller;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.internal.AlertStore;
import io.serpentry.session.internal.Backing;
import io.serpentry.session.internal.config.AlertSettings;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
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
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the figures from time to time, on each server; those of the shared store on one of them. Each look arms the timer of the next. Alerts
 * are kept in the database; what is raised while that is down is kept here until it is back.
 */
@Backing
@Singleton(name = "Alerts")
@Startup
@DependsOn("SessionStore")
@Local(Alerts.class)
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
@PermitAll
public class AlertWatch implements Alerts {

    private final InstantSource clock = InstantSource.system();
    /** Not stored yet; the later state of each. For the timer's thread, of which there is one at a time, like what follows. */
    private final Map<String, Alert> unsaved = new LinkedHashMap<>();

    private List<Alert> open = List.of();

    @Inject
    Config config;

    @Inject
    AlertStore store;

    @Inject
    AlertMetrics metrics;

    @Inject
    AlertWebhook webhook;

    @Inject
    Event<AlertRaised> raised;

    @Inject
    Event<AlertCleared> cleared;

    @EJB(beanName = "EventLog")
    EventLog events;

    @Resource(lookup = "java:/eis/PythonPools")
    PythonPools pools;

    @Resource
    TimerService timers;

    @SuppressWarnings("NullAway.Init") // by start
    private AlertSettings settings;

    @SuppressWarnings("NullAway.Init")
    private ServerFigures figures;

    @SuppressWarnings("NullAway.Init")
    private AlertTracker ofServer;

    @SuppressWarnings("NullAway.Init")
    private AlertTracker ofStore;

    @PostConstruct
    void start() {
        settings = AlertSettings.of(config);
        figures = new ServerFigures(pools, store::conflicts, settings.window());
        ofServer = new AlertTracker(settings, ApplicationSessions.SERVER);
        ofStore = new AlertTracker(settings, "");
        pools.addListener(figures);
        metrics.open(open);
        arm();
    }

    @PreDestroy
    void stop() {
        pools.removeListener(figures);
    }

    private void arm() {
        timers.createSingleActionTimer(settings.interval().toMillis(), new TimerConfig("serpentry alerts", false));
    }

    @Timeout
    void wake() {
        try {
            look();
        } catch (RuntimeException e) {
            AlertLog.LOG.lookFailed(settings.interval(), e);
        } finally {
            arm();
        }
    }

    private void look() {
        Instant now = clock.instant();
        boolean reached = tryRead(now);
        List<Alert> changes = new ArrayList<>(ofServer.look(figures.read(now, store.isReached()), open, now));
        if (reached) {
            changes.addAll(ofTheStore(now));
        }
        changes.forEach(this::change);
        metrics.open(open);
    }

    /** Stores what is not stored yet, and reads which are open; false, with those known so far, if the database is down. */
    private boolean tryRead(Instant now) {
        try {
            for (Alert alert : List.copyOf(unsaved.values())) {
                boolean unused = store.insert(alert);
                unsaved.remove(alert.id());
            }
            open = store.open();
            int unused = store.forget(now.minus(settings.keep()));
            return true;
        } catch (StoreUnavailableException e) {
            AlertLog.LOG.debug("alerts are kept in memory until the database is back", e);
            return false;
        }
    }

    /** Of one server at a time, as of its last sweep; no change on the others. */
    private List<Alert> ofTheStore(Instant now) {
        Duration lease = settings.interval().multipliedBy(3);
        Optional<SessionStatistics> sampled = store.lastSample();
        try {
            return sampled.isPresent() && store.tryLease(now.plus(lease))
                    ? ofStore.look(readings(sampled.get()), open, now)
                    : List.of();
        } catch (StoreUnavailableException e) {
            AlertLog.LOG.debug("the store's own alerts are looked at when it is back", e);
            return List.of();
        }
    }

    private static List<Reading> readings(SessionStatistics statistics) {
        return List.of(
                new Reading(AlertRule.SWEEP_BACKLOG, statistics.overdue()),
                new Reading(AlertRule.CORRUPTION, statistics.quarantined()));
    }

    private void change(Alert alert) {
        if (!isFirst(alert)) {
            return;
        }
        List<Alert> now = new ArrayList<>(open);
        now.removeIf(other -> other.id().equals(alert.id()));
        if (alert.isOpen()) {
            now.add(alert);
        }
        open = List.copyOf(now);
        announce(alert);
    }

    /** Stores it; false if another server did so before. */
    private boolean isFirst(Alert alert) {
        if (unsaved.containsKey(alert.id())) {
            unsaved.put(alert.id(), alert);
            return true;
        }
        try {
            return alert.isOpen() ? store.insert(alert) : store.clear(alert);
        } catch (StoreUnavailableException e) {
            if (!alert.isOpen()) {
                // It is open in the database: the next look finds it there, and clears it then.
                return false;
            }
            unsaved.put(alert.id(), alert);
            return true;
        }
    }

    private void announce(Alert alert) {
        Instant end = alert.clearedAt();
        if (end == null) {
            AlertLog.LOG.raised(alert.rule().key(), alert.id(), alert.message(), alert.threshold());
        } else {
            Duration lasted = Duration.between(alert.raisedAt(), end);
            AlertLog.LOG.cleared(alert.rule().key(), alert.id(), lasted, alert.message());
        }
        events.publish(List.of(event(alert)));
        tellObservers(alert);
        if (settings.webhook() != null) {
            webhook.tell(settings.webhook(), alert);
        }
    }

    private static NewEvent event(Alert alert) {
        return new NewEvent(
                alert.isOpen() ? "alert.raised" : "alert.cleared",
                Map.of(
                        "id", alert.id(),
                        "rule", alert.rule().key(),
                        "subject", alert.subject(),
                        "server", alert.server(),
                        "value", alert.value(),
                        "threshold", alert.threshold(),
                        "message", alert.message()));
    }

    private void tellObservers(Alert alert) {
        try {
            if (alert.isOpen()) {
                raised.fire(new AlertRaised(alert));
            } else {
                cleared.fire(new AlertCleared(alert));
            }
        } catch (RuntimeException e) {
            AlertLog.LOG.observerFailed(alert.id(), e);
        }
    }

    @Override
    public List<Alert> list(@Nullable String after, int limit) {
        return store.list(after, limit);
    }

    @Override
    public Optional<Alert> acknowledge(Caller caller, String id) {
        return store.acknowledge(id, caller.name(), clock.instant());
    }
}
