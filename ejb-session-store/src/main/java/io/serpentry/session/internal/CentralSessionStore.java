// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryRead;
import io.serpentry.session.LoadedSession;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionObserver;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import io.serpentry.session.StoreCapability;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.Touched;
import io.serpentry.session.internal.jpa.JpaSessionStore;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Local;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The session store of this server: the configured database, behind circuit, repetition and metrics. It holds no lock of its own; calls run
 * side by side.
 */
@Backing
@Singleton(name = "SessionStore")
@Startup
@Local(SessionStore.class)
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
@PermitAll
public class CentralSessionStore implements SessionStore {

    private final InstantSource clock = InstantSource.system();
    private final ViewCache cache = new ViewCache();

    @Inject
    StoreBackend backend;

    @Inject
    StoreGuard guard;

    @Inject
    StoreMetrics metrics;

    @Inject
    CircuitWatch circuit;

    @PostConstruct
    void start() {
        circuit.start();
        try {
            backend.store();
        } catch (StoreUnavailableException e) {
            SessionLog.LOG.databaseUnreachable(backend.settings().datasource(), e);
        }
    }

    private JpaSessionStore store() {
        return backend.store();
    }

    @Override
    public Set<StoreCapability> capabilities() {
        return JpaSessionStore.CAPABILITIES;
    }

    @Override
    public SessionInfo create(Caller caller, NewSession session) {
        SessionInfo created = guard.call(Operation.CREATE, () -> store().create(caller, session));
        metrics.happened(created.kind(), "created", 1);
        return created;
    }

    @Override
    public Optional<SessionView> find(Caller caller, String session) {
        try {
            Optional<SessionView> found = guard.call(Operation.FIND, () -> store().find(caller, session));
            // What a transaction sees may never be committed.
            if (!guard.isInTransaction()) {
                found.ifPresent(cache::remember);
            }
            return found;
        } catch (StoreUnavailableException e) {
            Optional<SessionView> remembered = cache.recall(caller, session, clock.instant());
            if (remembered.isEmpty() || guard.isInTransaction()) {
                throw e;
            }
            return remembered;
        }
    }

    @Override
    public List<EntryRead> entries(Caller caller, String session, Set<String> names, Set<String> known) {
        List<EntryRead> read = guard.call(Operation.ENTRIES, () -> store().entries(caller, session, names, known));
        read.forEach(this::count);
        return read;
    }

    @Override
    public Optional<LoadedSession> load(Caller caller, String session, Set<String> names, Set<String> known) {
        Optional<LoadedSession> loaded =
                guard.call(Operation.ENTRIES, () -> store().load(caller, session, names, known));
        loaded.ifPresent(found -> found.contents().forEach(this::count));
        return loaded;
    }

    private void count(EntryRead read) {
        if (read instanceof EntryRead.Corrupt corrupt) {
            metrics.corruptRead(corrupt.failure().reason().name());
            SessionLog.LOG.corrupt(corrupt.failure());
        }
    }

    @Override
    public Saved save(Caller caller, SessionDelta delta) {
        cache.forget(delta.session());
        return guard.call(Operation.SAVE, () -> store().save(caller, delta));
    }

    @Override
    public boolean delete(Caller caller, String session) {
        cache.forget(session);
        return guard.call(Operation.DELETE, () -> store().delete(caller, session));
    }

    @Override
    public Touched touch(Caller caller, String session, Instant atLeast) {
        return guard.call(Operation.TOUCH, () -> store().touch(caller, session, atLeast));
    }

    @Override
    public int expireDue(int limit) {
        return guard.call(Operation.EXPIRE, () -> store().expireDue(limit));
    }

    @Override
    public int deliver(int limit, SessionObserver observer) {
        return guard.call(Operation.DELIVER, () -> store().deliver(limit, announcement -> {
            cache.forget(announcement.session());
            observer.ended(announcement);
        }));
    }

    @Override
    public SessionPage page(Caller caller, SessionQuery query) {
        return guard.call(Operation.PAGE, () -> store().page(caller, query));
    }

    @Override
    public SessionStatistics statistics(Caller caller) {
        return guard.call(Operation.STATISTICS, () -> store().statistics(caller));
    }

    @Override
    public List<SessionRevision> revisions(Caller caller, String session) {
        return guard.call(Operation.REVISIONS, () -> store().revisions(caller, session));
    }

    @Override
    public Optional<EntryRead> version(Caller caller, String session, String name, long version) {
        Optional<EntryRead> read = guard.call(Operation.VERSION, () -> store().version(caller, session, name, version));
        read.ifPresent(this::count);
        return read;
    }

    @Override
    public Saved restore(Caller caller, String session, long revision) {
        cache.forget(session);
        return guard.call(Operation.RESTORE, () -> store().restore(caller, session, revision));
    }

    @Override
    public Saved restoreEntry(Caller caller, String session, String name, long version) {
        cache.forget(session);
        return guard.call(Operation.RESTORE, () -> store().restoreEntry(caller, session, name, version));
    }
}
