// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.audit.AuditNote;
import io.serpentry.audit.AuditPage;
import io.serpentry.audit.AuditQuery;
import io.serpentry.audit.AuditTrail;
import io.serpentry.request.RememberedRequest;
import io.serpentry.request.RequestMemory;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryRead;
import io.serpentry.session.KeptHook;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.Limits;
import io.serpentry.session.LoadedSession;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
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
import io.serpentry.session.execution.SessionLeases;
import io.serpentry.session.execution.SessionMemory;
import io.serpentry.session.execution.SharedSessions;
import io.serpentry.session.execution.TemporarySessions;
import io.serpentry.session.internal.jpa.JpaSessionStore;
import io.serpentry.session.internal.store.MovedSession;
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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The session store of this server: the configured database, behind circuit, repetition and metrics. It holds no lock of its own; calls run
 * side by side.
 */
@Backing
@Singleton(name = "SessionStore")
@Startup
@Local({
    SessionStore.class,
    TemporarySessions.class,
    SessionLeases.class,
    KeptHooks.class,
    AuditTrail.class,
    RequestMemory.class
})
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
@PermitAll
public class CentralSessionStore
        implements SessionStore, TemporarySessions, SessionLeases, KeptHooks, AuditTrail, RequestMemory {

    private final InstantSource clock = InstantSource.system();
    private final ViewCache cache = new ViewCache();

    @Inject
    StoreBackend backend;

    @Inject
    MemoryTier memory;

    @Inject
    StoreGuard guard;

    @Inject
    StoreMetrics metrics;

    @Inject
    CircuitWatch circuit;

    @Inject
    Apart apart;

    @PostConstruct
    void start() {
        circuit.start();
        try {
            backend.store();
        } catch (StoreUnavailableException e) {
            SessionLog.LOG.databaseUnreachable(backend.settings().datasource(), e);
        }
    }

    private SessionStore store() {
        return backend.store();
    }

    /** Where that session is. What is in memory needs neither the database's guard nor its caches. */
    private <T> T in(String session, Operation operation, Function<SessionStore, T> action) {
        Optional<SessionStore> tier = memory.having(session);
        if (tier.isPresent()) {
            return action.apply(tier.get());
        }
        return memory.isPersisted(session)
                ? apart.call(() -> guard.call(operation, () -> action.apply(store())))
                : guard.call(operation, () -> action.apply(store()));
    }

    @Override
    public SessionMemory memory() {
        return memory.sessions(metrics.counter(SessionKind.TEMPORARY, "created"));
    }

    @Override
    public SessionInfo begin(Caller caller) {
        SessionInfo begun = apart.call(() -> create(caller, NewSession.temporary()));
        memory.persisted(begun.id());
        return begun;
    }

    @Override
    public void end(Caller caller, String session) {
        if (!memory.isPersisted(session)) {
            return;
        }
        try {
            delete(caller, session);
        } catch (StoreUnavailableException e) {
            SessionLog.LOG.temporaryStays(session, e);
        } finally {
            memory.forgetPersisted(session);
        }
    }

    /**
     * A session in memory that the change would make too large becomes a row of the database first. Until the row is committed everybody
     * finds the session in memory; if it is changed there meanwhile, the row is one of an earlier state and is made anew.
     */
    private void makeRoomFor(Caller caller, SessionDelta delta) {
        Optional<MovedSession> outgrown = memory.outgrown(caller, delta);
        while (outgrown.isPresent()) {
            MovedSession session = outgrown.get();
            apart.call(() -> guard.call(Operation.CREATE, () -> adopted(session)));
            if (memory.left(session)) {
                return;
            }
            apart.call(() -> guard.call(Operation.DELETE, () -> disowned(session)));
            outgrown = memory.outgrown(caller, delta);
        }
    }

    private SessionInfo adopted(MovedSession session) {
        return backend.store().adopt(Caller.SYSTEM, session);
    }

    private SessionInfo disowned(MovedSession session) {
        backend.store().disown(session.info().id());
        return session.info();
    }

    @Override
    public Set<StoreCapability> capabilities() {
        return JpaSessionStore.CAPABILITIES;
    }

    @Override
    public SessionInfo create(Caller caller, NewSession session) {
        if (session.id() != null && SharedSessions.isReserved(session.id()) && !caller.equals(Caller.SYSTEM)) {
            throw Limits.refused("session id", "any other", "Sessions of pools have ids such as " + session.id());
        }
        if (session.id() != null && session.id().startsWith(MemoryTier.PREFIX)) {
            requireTemporary(session);
            if (memory.having(session.id()).isPresent()) {
                throw new SessionExistsException(session.id());
            }
        }
        SessionInfo created = guard.call(Operation.CREATE, () -> store().create(caller, session));
        metrics.happened(created.kind(), "created", 1);
        return created;
    }

    /** One that comes from a file may have such an id. */
    private static void requireTemporary(NewSession session) {
        if (session.kind() != SessionKind.TEMPORARY) {
            throw Limits.refused(
                    "session id",
                    "not beginning with " + MemoryTier.PREFIX,
                    "Ids that begin with " + MemoryTier.PREFIX + " are for temporary sessions, not for "
                            + session.id());
        }
    }

    @Override
    public Optional<SessionView> find(Caller caller, String session) {
        Optional<SessionStore> tier = memory.having(session);
        if (tier.isPresent()) {
            return tier.get().find(caller, session);
        }
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
        List<EntryRead> read = in(session, Operation.ENTRIES, store -> store.entries(caller, session, names, known));
        read.forEach(this::count);
        return read;
    }

    @Override
    public Optional<LoadedSession> load(Caller caller, String session, Set<String> names, Set<String> known) {
        Optional<LoadedSession> loaded =
                in(session, Operation.ENTRIES, store -> store.load(caller, session, names, known));
        loaded.ifPresent(found -> found.contents().forEach(this::count));
        return loaded;
    }

    private void count(EntryRead read) {
        if (read instanceof EntryRead.Corrupt corrupt) {
            metrics.corruptRead(corrupt.failure().reason().name());
            SessionLog.LOG.corrupt(corrupt.failure());
        }
    }

    /** What was read while it was being written is not remembered either. */
    private <T> T changing(String session, Supplier<T> write) {
        cache.forget(session);
        try {
            return write.get();
        } finally {
            guard.afterTransaction(() -> cache.forget(session));
        }
    }

    @Override
    public Saved save(Caller caller, SessionDelta delta) {
        return changing(delta.session(), () -> {
            makeRoomFor(caller, delta);
            return in(delta.session(), Operation.SAVE, store -> store.save(caller, delta));
        });
    }

    @Override
    public boolean delete(Caller caller, String session) {
        return changing(session, () -> in(session, Operation.DELETE, store -> store.delete(caller, session)));
    }

    @Override
    public Touched touch(Caller caller, String session, Instant atLeast) {
        return in(session, Operation.TOUCH, store -> store.touch(caller, session, atLeast));
    }

    @Override
    public int expireDue(int limit) {
        memory.expireDue(limit);
        return guard.call(Operation.EXPIRE, () -> store().expireDue(limit));
    }

    @Override
    public int deliver(int limit, SessionObserver observer) {
        int inMemory = memory.deliver(limit, observer);
        int stored = guard.call(Operation.DELIVER, () -> store().deliver(limit, announcement -> {
            cache.forget(announcement.session());
            observer.ended(announcement);
        }));
        return Math.max(inMemory, stored);
    }

    @Override
    public SessionPage page(Caller caller, SessionQuery query) {
        SessionPage stored = guard.call(Operation.PAGE, () -> store().page(caller, query));
        return memory.merged(stored, caller, query);
    }

    @Override
    public SessionStatistics statistics(Caller caller) {
        SessionStatistics stored = guard.call(Operation.STATISTICS, () -> store().statistics(caller));
        return memory.merged(stored, caller);
    }

    @Override
    public List<SessionRevision> revisions(Caller caller, String session) {
        return in(session, Operation.REVISIONS, store -> store.revisions(caller, session));
    }

    @Override
    public Optional<EntryRead> version(Caller caller, String session, String name, long version) {
        Optional<EntryRead> read =
                in(session, Operation.VERSION, store -> store.version(caller, session, name, version));
        read.ifPresent(this::count);
        return read;
    }

    @Override
    public Saved restore(Caller caller, String session, long revision) {
        return changing(
                session, () -> in(session, Operation.RESTORE, store -> store.restore(caller, session, revision)));
    }

    @Override
    public Saved restoreEntry(Caller caller, String session, String name, long version) {
        return changing(
                session,
                () -> in(session, Operation.RESTORE, store -> store.restoreEntry(caller, session, name, version)));
    }

    @Override
    public boolean tryLease(String session, String holder, Instant validTo) {
        return guard.call(Operation.LEASE, () -> backend.store().tryLease(session, holder, validTo));
    }

    @Override
    public void keep(KeptHook hook) {
        guard.call(Operation.KEEP, () -> {
            backend.store().keep(hook);
            return hook;
        });
    }

    @Override
    public int done(Collection<String> ids) {
        return guard.call(Operation.KEPT, () -> backend.store().done(ids));
    }

    @Override
    public boolean dismiss(Caller caller, String id) {
        return guard.call(Operation.DISMISS, () -> backend.store().dismiss(caller, id));
    }

    @Override
    public Optional<KeptHook> find(String id) {
        return guard.call(Operation.KEPT, () -> backend.store().keptHook(id));
    }

    @Override
    public List<KeptHook> list(@Nullable String after, int limit) {
        return guard.call(Operation.KEPT, () -> backend.store().keptHooks(after, limit));
    }

    @Override
    public void note(AuditNote note) {
        guard.call(Operation.NOTE, () -> {
            backend.store().note(note);
            return note;
        });
    }

    @Override
    public AuditPage page(AuditQuery query) {
        return guard.call(Operation.AUDIT, () -> backend.store().audit(query));
    }

    @Override
    public Optional<RememberedRequest> begin(String principal, String key) {
        return guard.call(Operation.REMEMBER, () -> backend.store().begin(principal, key));
    }

    @Override
    public void done(String principal, String key, RememberedRequest.Done done) {
        guard.call(Operation.REMEMBER, () -> {
            backend.store().done(principal, key, done);
            return done;
        });
    }

    @Override
    public void forgetRequest(String principal, String key) {
        guard.call(Operation.REMEMBER, () -> backend.store().forgetRequest(principal, key));
    }

    @Override
    public void release(String session, String holder) {
        guard.call(Operation.LEASE, () -> {
            backend.store().release(session, holder);
            return session;
        });
    }
}
