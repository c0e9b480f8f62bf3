// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.event.EventLog;
import io.serpentry.event.NewEvent;
import io.serpentry.event.ServerEvent;
import io.serpentry.event.SessionTraces;
import io.serpentry.event.TraceItem;
import io.serpentry.session.Caller;
import io.serpentry.session.Limits;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionStore;
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
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The event log in the configured database. It holds no lock of its own; calls run side by side. */
@Backing
@Singleton(name = "EventLog")
@Startup
@DependsOn("SessionStore")
@Local({EventLog.class, SessionTraces.class})
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
@PermitAll
public class CentralEventLog implements EventLog, SessionTraces {

    private static final int MOST = 1000;
    private static final Comparator<TraceItem> BY_TIME =
            Comparator.comparing(TraceItem::at).thenComparing(TraceItem::kind).thenComparing(TraceItem::number);

    private final InstantSource clock = InstantSource.system();

    @EJB(beanName = "SessionStore")
    SessionStore store;

    @Inject
    EventWriter writer;

    @Inject
    StoreBackend backend;

    @Inject
    StoreGuard guard;

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    TransactionSynchronizationRegistry transaction;

    @Override
    public void publish(List<NewEvent> events) {
        Instant at = clock.instant();
        List<NewEvent> copy = List.copyOf(events);
        switch (transaction.getTransactionStatus()) {
            case Status.STATUS_ACTIVE, Status.STATUS_PREPARING ->
                ofTransaction().add(at, copy);
            case Status.STATUS_MARKED_ROLLBACK -> SessionLog.LOG.debug("Events of a transaction that is rolled back");
            default -> writer.publish(at, copy);
        }
    }

    /** One for each transaction: which of two synchronizations is told first of the end is up to the container. */
    private Completion ofTransaction() {
        if (transaction.getResource(Completion.class) instanceof Completion present) {
            return present;
        }
        Completion made = new Completion(writer);
        transaction.registerInterposedSynchronization(made);
        transaction.putResource(Completion.class, made);
        return made;
    }

    /** What one transaction has published. */
    private static final class Completion implements Synchronization {

        private record Published(Instant at, List<NewEvent> events) {}

        private final EventWriter writer;
        private final List<Published> published = new ArrayList<>();

        Completion(EventWriter writer) {
            this.writer = writer;
        }

        synchronized void add(Instant at, List<NewEvent> events) {
            published.add(new Published(at, events));
        }

        @Override
        public void beforeCompletion() {}

        @Override
        public synchronized void afterCompletion(int status) {
            if (status == Status.STATUS_COMMITTED) {
                published.forEach(one -> writer.publish(one.at(), one.events()));
            }
        }
    }

    @Override
    public List<ServerEvent> after(long id, int limit) {
        Limits.atLeast("id", id, 0);
        requireLimit(limit);
        return guard.call(Operation.EVENTS, () -> backend.events().after(id, limit));
    }

    private static void requireLimit(int limit) {
        Limits.atLeast("limit", limit, 1);
        Limits.atMost("limit", limit, MOST);
    }

    @Override
    public long last() {
        return guard.call(Operation.EVENTS, () -> backend.events().last());
    }

    @Override
    public long first() {
        return guard.call(Operation.EVENTS, () -> backend.events().first());
    }

    @Override
    public List<TraceItem> of(String session, @Nullable TraceItem after, int limit) {
        Limits.id("session id", session);
        requireLimit(limit);
        List<TraceItem> items = new ArrayList<>(
                guard.call(Operation.EVENTS, () -> backend.events().trace(session, after, limit)));
        for (TraceItem item : revisions(session)) {
            if (after == null || BY_TIME.compare(item, after) > 0) {
                items.add(item);
            }
        }
        items.sort(BY_TIME);
        return List.copyOf(items.subList(0, Math.min(limit, items.size())));
    }

    /** None if the session has ended: its history goes with it. */
    private List<TraceItem> revisions(String session) {
        try {
            return store.revisions(Caller.SYSTEM, session).stream()
                    .map(CentralEventLog::item)
                    .toList();
        } catch (SessionNotFoundException e) {
            return List.of();
        }
    }

    private static TraceItem item(SessionRevision revision) {
        List<Map<String, Object>> changes = revision.changes().stream()
                .map(change -> Map.<String, Object>of(
                        "name", change.name(), "version", change.version(), "removed", change.removed()))
                .toList();
        return new TraceItem(
                TraceItem.Kind.REVISION,
                revision.revision(),
                revision.at(),
                "saved",
                revision.by(),
                Map.of("revision", revision.revision(), "changes", changes));
    }

    @Override
    public Listening whenWritten(Runnable listener) {
        return writer.whenWritten(listener);
    }

    @PreDestroy
    void close() {
        writer.close();
    }
}
