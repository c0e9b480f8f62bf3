// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.event.EventLog;
import io.serpentry.event.NewEvent;
import io.serpentry.event.ServerEvent;
import io.serpentry.session.Limits;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
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
import java.util.List;

/** The event log in the configured database. It holds no lock of its own; calls run side by side. */
@Backing
@Singleton(name = "EventLog")
@Startup
@DependsOn("SessionStore")
@Local(EventLog.class)
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
@PermitAll
public class CentralEventLog implements EventLog {

    private static final int MOST = 1000;

    private final InstantSource clock = InstantSource.system();

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
        Limits.atLeast("limit", limit, 1);
        Limits.atMost("limit", limit, MOST);
        return guard.call(Operation.EVENTS, () -> backend.events().after(id, limit));
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
    public Listening whenWritten(Runnable listener) {
        return writer.whenWritten(listener);
    }

    @PreDestroy
    void close() {
        writer.close();
    }
}
