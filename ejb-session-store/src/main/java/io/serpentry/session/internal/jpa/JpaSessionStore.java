// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.audit.AuditNote;
import io.serpentry.audit.AuditPage;
import io.serpentry.audit.AuditQuery;
import io.serpentry.request.RememberedRequest;
import io.serpentry.request.RequestMemory;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryRead;
import io.serpentry.session.KeptHook;
import io.serpentry.session.Limits;
import io.serpentry.session.LoadedSession;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionObserver;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import io.serpentry.session.StoreCapability;
import io.serpentry.session.Touched;
import io.serpentry.session.internal.SessionLog;
import io.serpentry.session.internal.store.ExpiryRule;
import io.serpentry.session.internal.store.MovedSession;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.Timeline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sessions in H2 or PostgreSQL. The schema must be there: see {@link Schema}. */
public final class JpaSessionStore implements SessionStore {

    public static final Set<StoreCapability> CAPABILITIES = Set.of(StoreCapability.values());
    private static final int BATCH = 10_000;
    /** How often a history is read in the hope that nobody changes it meanwhile. */
    private static final int LOOKS = 3;

    private final StoreTransactions transactions;
    private final SessionSettings settings;
    private final InstantSource clock;
    private final Dialect dialect;
    private final SessionTable sessions;
    private final EntryContents readable;
    private final Removal removal;
    private final SaveOperation saves;
    private final SingleStatementSave singleStatements;
    private final CreateOperation creations;
    private final RestoreOperation restores;
    private final TouchOperation touches;
    private final LeaseTable leases;
    private final RequestTable requests;

    public JpaSessionStore(
            StoreTransactions transactions, Dialect dialect, SessionSettings settings, InstantSource clock) {
        this.transactions = transactions;
        this.settings = settings;
        this.clock = clock;
        ExpiryRule expiry = new ExpiryRule(settings.touchInterval());
        this.dialect = dialect;
        this.sessions = new SessionTable(dialect);
        this.readable = new EntryContents(transactions, this::now);
        this.removal = new Removal(dialect, sessions);
        this.singleStatements = new SingleStatementSave(settings);
        this.saves = new SaveOperation(sessions, settings, expiry);
        this.creations = new CreateOperation(sessions, removal, settings, expiry);
        this.restores = new RestoreOperation(sessions, settings, expiry);
        this.leases = new LeaseTable(dialect);
        this.requests = new RequestTable(dialect);
        this.touches = new TouchOperation(transactions, dialect, sessions, expiry);
    }

    @Override
    public Set<StoreCapability> capabilities() {
        return CAPABILITIES;
    }

    /** What is stored has whole milliseconds. */
    private Instant now() {
        return Instant.ofEpochMilli(clock.instant().toEpochMilli());
    }

    private static String id(String session) {
        Limits.id("session id", session);
        return session;
    }

    @Override
    public SessionInfo create(Caller caller, NewSession session) {
        saves.requireSizes(session.entries());
        Map<String, StoredContent> contents = saves.encoded(session.entries());
        return transactions.write(connection -> creations.run(connection, caller, session, contents, now()));
    }

    @Override
    public Optional<SessionView> find(Caller caller, String session) {
        id(session);
        return transactions.read(connection -> SessionReads.find(connection, caller, session, now()));
    }

    @Override
    public List<EntryRead> entries(Caller caller, String session, Set<String> names, Set<String> known) {
        id(session);
        requireNames(names);
        SessionReads.StoredEntries found = transactions
                .read(connection -> SessionReads.entries(connection, caller, session, names, known, now()))
                .orElseThrow(() -> new SessionNotFoundException(session));
        return readable.of(caller, session, found.owner(), found.entries(), known);
    }

    @Override
    public Optional<LoadedSession> load(Caller caller, String session, Set<String> names, Set<String> known) {
        id(session);
        requireNames(names);
        return transactions
                .read(connection -> SessionReads.load(connection, caller, session, names, known, now()))
                .map(found -> new LoadedSession(
                        found.view(),
                        readable.of(caller, session, found.view().info().owner(), found.entries(), known)));
    }

    private static void requireNames(Set<String> names) {
        Limits.atMost("number of names", names.size(), Limits.CHANGES);
        names.forEach(name -> Limits.name("entry name", name));
    }

    @Override
    public Saved save(Caller caller, SessionDelta delta) {
        Map<String, StoredContent> contents = saves.encoded(delta.changes());
        if (dialect == Dialect.POSTGRESQL && caller.reason() == null && SingleStatementSave.fits(delta, contents)) {
            Optional<Saved> saved = saveInOneStatement(caller, delta, contents);
            if (saved.isPresent()) {
                return saved.get();
            }
        }
        try {
            return save(caller, delta, contents);
        } catch (SessionConflictException e) {
            transactions.setRollbackOnly();
            throw e;
        }
    }

    private Saved save(Caller caller, SessionDelta delta, Map<String, StoredContent> contents) {
        boolean joining = transactions.isJoining();
        try {
            return transactions.write(connection -> saves.run(connection, caller, delta, contents, now(), joining));
        } catch (SaveOperation.RowNeeded e) {
            // In a transaction of its own it begins anew, with the row first.
            return transactions.write(connection -> saves.runWithRow(connection, caller, delta, contents, now()));
        }
    }

    private Optional<Saved> saveInOneStatement(Caller caller, SessionDelta delta, Map<String, StoredContent> contents) {
        Instant now = now();
        StoreTransactions.Work<Optional<Saved>> save =
                connection -> singleStatements.run(connection, caller, delta, contents, now);
        return transactions.isJoining() ? transactions.write(save) : transactions.statement(save);
    }

    @Override
    public boolean delete(Caller caller, String session) {
        id(session);
        return transactions.write(connection -> delete(connection, caller, session));
    }

    private boolean delete(Connection connection, Caller caller, String session) throws SQLException {
        Optional<SessionRecord> found = removal.lock(connection, session).filter(row -> row.isFor(caller, now()));
        if (found.isEmpty()) {
            return false;
        }
        Outbox.announce(connection, List.of(session), SessionEnded.Reason.DELETED, now());
        SessionRecord deleted = found.get();
        // The session of an anonymous call goes with it, as it came: no row tells of either.
        if (deleted.kind() == SessionKind.DURABLE || !deleted.owner().equals(caller.name())) {
            Audit.write(connection, now(), caller, Audit.Action.DELETE, deleted.id(), deleted.owner(), "");
        }
        Removal.remove(connection, session);
        return true;
    }

    @Override
    public Touched touch(Caller caller, String session, Instant wish) {
        return touches.run(caller, id(session), wish, now());
    }

    @Override
    public int expireDue(int limit) {
        requireBatch(limit);
        int swept = 0;
        int wanted;
        int removed;
        do {
            wanted = Math.min(limit - swept, dialect.sweptAtOnce());
            removed = expireAtOnce(wanted);
            swept += removed;
        } while (removed == wanted && swept < limit);
        return swept;
    }

    private int expireAtOnce(int limit) {
        return transactions.alone(connection -> {
            Instant now = now();
            List<String> ids = removal.lockOverdue(connection, now, limit);
            if (ids.isEmpty()) {
                return 0;
            }
            Outbox.announce(connection, ids, SessionEnded.Reason.EXPIRED, now);
            return Removal.removeOverdue(connection, ids, now);
        });
    }

    private static void requireBatch(int limit) {
        Limits.atLeast("limit", limit, 1);
        Limits.atMost("limit", limit, BATCH);
    }

    @Override
    public int deliver(int limit, SessionObserver observer) {
        requireBatch(limit);
        List<Long> due = transactions.read(connection -> Outbox.due(connection, now(), limit));
        return (int) due.stream().filter(id -> delivered(id, observer)).count();
    }

    private boolean delivered(long id, SessionObserver observer) {
        try {
            return transactions.alone(connection -> {
                Optional<SessionEnded> announcement = Outbox.take(connection, id, now());
                announcement.ifPresent(ended -> tell(observer, ended));
                return announcement.isPresent();
            });
        } catch (ObserverFailure e) {
            SessionLog.LOG.observerFailed(id, e);
            transactions.alone(connection -> Outbox.postpone(connection, id, now()));
            return false;
        }
    }

    private static void tell(SessionObserver observer, SessionEnded announcement) {
        try {
            observer.ended(announcement);
        } catch (RuntimeException e) {
            throw new ObserverFailure(e);
        }
    }

    @Override
    public SessionPage page(Caller caller, SessionQuery query) {
        return transactions.query(entities -> new PageQuery(caller, query, now()).page(entities));
    }

    @Override
    public SessionStatistics statistics(Caller caller) {
        return transactions.read(connection -> SessionReads.statistics(connection, caller, now()));
    }

    @Override
    public List<SessionRevision> revisions(Caller caller, String session) {
        requireVisible(caller, session);
        for (int look = 0; look < LOOKS; look++) {
            Optional<List<SessionRevision>> seen = transactions.read(connection -> unlessChanged(connection, session));
            if (seen.isPresent()) {
                return seen.get();
            }
        }
        // Somebody writes all the time.
        StoreTransactions.Work<List<SessionRevision>> held = connection -> whileHeld(connection, session);
        return transactions.isWriting() ? transactions.write(held) : transactions.alone(held);
    }

    /** Empty if the session was changed meanwhile. */
    private Optional<List<SessionRevision>> unlessChanged(Connection connection, String session) throws SQLException {
        long before = SessionReads.revision(connection, session);
        EntryTable.Past past = past(connection, session);
        long after = SessionReads.revision(connection, session);
        // The same revision twice means that nothing was changed between the two, unless it was deleted and created
        // anew.
        return before == after && !past.versions().isEmpty() ? Optional.of(told(after, past)) : Optional.empty();
    }

    private List<SessionRevision> whileHeld(Connection connection, String session) throws SQLException {
        if (sessions.lock(connection, session).isEmpty()) {
            throw new SessionNotFoundException(session);
        }
        EntryTable.lock(connection, session, Set.of());
        return told(SessionReads.revision(connection, session), past(connection, session));
    }

    private EntryTable.Past past(Connection connection, String session) throws SQLException {
        return EntryTable.past(connection, session, settings.historyCount(), now().minus(settings.historyAge()));
    }

    private static List<SessionRevision> told(long revision, EntryTable.Past past) {
        return Timeline.states(revision, past.versions(), past.floor()).stream()
                .map(Timeline.State::revision)
                .toList();
    }

    private SessionRecord requireVisible(Caller caller, String session) {
        id(session);
        return transactions
                .read(connection -> sessions.read(connection, session))
                .filter(row -> row.isFor(caller, now()))
                .orElseThrow(() -> new SessionNotFoundException(session));
    }

    @Override
    public Optional<EntryRead> version(Caller caller, String session, String name, long version) {
        String owner = requireVisible(caller, session).owner();
        Limits.name("entry name", name);
        return transactions
                .read(connection -> EntryTable.version(
                        connection,
                        session,
                        name,
                        version,
                        settings.historyCount(),
                        now().minus(settings.historyAge())))
                .map(entry -> readable.of(caller, session, owner, entry));
    }

    @Override
    public Saved restore(Caller caller, String session, long revision) {
        id(session);
        return transactions.write(connection -> restores.session(connection, caller, session, revision, now()));
    }

    @Override
    public Saved restoreEntry(Caller caller, String session, String name, long version) {
        id(session);
        Limits.name("entry name", name);
        return transactions.write(connection -> restores.entry(connection, caller, session, name, version, now()));
    }

    /** Writes a row of the audit. */
    public void note(AuditNote note) {
        transactions.write(connection -> Audit.write(connection, now(), note));
    }

    /** A part of the audit. */
    public AuditPage audit(AuditQuery query) {
        return transactions.read(connection -> Audit.page(connection, query));
    }

    /** As {@link io.serpentry.request.RequestMemory#begin}. */
    public Optional<RememberedRequest> begin(String principal, String key) {
        Limits.line("key", key, RequestMemory.KEY_LENGTH);
        return transactions.alone(connection -> requests.begin(connection, principal, key, now()));
    }

    /** As {@link io.serpentry.request.RequestMemory#done}. */
    public void done(String principal, String key, RememberedRequest.Done done) {
        transactions.alone(connection -> RequestTable.done(connection, principal, key, done));
    }

    /** As {@link io.serpentry.request.RequestMemory#forgetRequest}; how many there were. */
    public int forgetRequest(String principal, String key) {
        return transactions.alone(connection -> RequestTable.release(connection, principal, key));
    }

    /** Removes history, audit and requests that are older than they are to be kept, up to {@code limit} rows of each; how many. */
    public int forget(Instant historyBefore, Instant auditBefore, int limit) {
        List<String> removals =
                transactions.read(connection -> EntryTable.withOldRemovals(connection, historyBefore, limit));
        for (String session : removals) {
            transactions.alone(connection -> forgetRemovals(connection, session, historyBefore));
        }
        return removals.size()
                + transactions.alone(connection -> EntryTable.forgetReplaced(connection, historyBefore, limit)
                        + Audit.forget(connection, auditBefore, limit)
                        + RequestTable.forget(connection, now(), limit)
                        + LeaseTable.forget(connection, now()));
    }

    /** Takes a session over from another store, in a transaction of its own. What an attempt of unknown outcome has left is replaced. */
    public SessionInfo adopt(Caller caller, MovedSession session) {
        return transactions.alone(connection -> creations.adopt(connection, caller, session, now()));
    }

    /** Undoes {@link #adopt}: the session has not ended, it never was here. */
    public void disown(String session) {
        transactions.alone(connection -> {
            Removal.remove(connection, session);
            return session;
        });
    }

    /** Takes or prolongs a lease; false if another holder has it. */
    public boolean tryLease(String session, String holder, Instant validTo) {
        id(session);
        return transactions.alone(connection -> leases.take(connection, session, holder, validTo, now()));
    }

    /** Gives a lease back. */
    public void release(String session, String holder) {
        transactions.alone(connection -> LeaseTable.release(connection, session, holder));
    }

    /** Notes a hook, in the caller's transaction. */
    public void keep(KeptHook hook) {
        transactions.write(connection -> KeptHookTable.insert(connection, hook));
    }

    /** Removes notes of hooks; how many there were. */
    public int done(Collection<String> ids) {
        return transactions.alone(connection -> KeptHookTable.delete(connection, ids));
    }

    /** Removes the note of one hook with which that caller has dealt, and notes that in the audit; whether there was one. */
    public boolean dismiss(Caller caller, String hook) {
        Limits.id("operation id", hook);
        return transactions.alone(connection -> dismiss(connection, caller, hook));
    }

    private boolean dismiss(Connection connection, Caller caller, String id) throws SQLException {
        Optional<KeptHook> found = KeptHookTable.find(connection, id);
        if (found.isEmpty() || KeptHookTable.delete(connection, List.of(id)) == 0) {
            return false;
        }
        KeptHook hook = found.get();
        String owner = sessions.read(connection, hook.session())
                .map(SessionRecord::owner)
                .orElse(hook.by());
        String detail = id + ": " + hook.description();
        Audit.write(connection, now(), caller, Audit.Action.DISMISS, hook.session(), owner, detail);
        return true;
    }

    /** The note of that hook. */
    public Optional<KeptHook> keptHook(String id) {
        Limits.id("operation id", id);
        return transactions.read(connection -> KeptHookTable.find(connection, id));
    }

    /** The notes of hooks, the oldest first. */
    public List<KeptHook> keptHooks(int limit) {
        return transactions.read(connection -> KeptHookTable.list(connection, limit));
    }

    /** The notes of hooks by id, behind that one, or from the first if it is null. */
    public List<KeptHook> keptHooks(@Nullable String after, int limit) {
        return transactions.read(connection -> KeptHookTable.list(connection, after, limit));
    }

    private boolean forgetRemovals(Connection connection, String session, Instant before) throws SQLException {
        if (sessions.lockIfFree(connection, session).isEmpty()) {
            return false;
        }
        SessionTable.raiseHistoryFloor(connection, session, EntryTable.forgetRemovals(connection, session, before));
        return true;
    }
}
