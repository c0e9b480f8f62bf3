// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryRead;
import io.serpentry.session.Limits;
import io.serpentry.session.LoadedSession;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionInfo;
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
import io.serpentry.session.internal.store.ExpiryRule;
import io.serpentry.session.internal.store.MovedSession;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import io.serpentry.session.internal.store.Timeline;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;

/** Sessions in the memory of this server, which end with it. It knows no transactions: each call is one of its own. */
public final class InMemorySessionStore implements SessionStore {

    private static final int BATCH = 10_000;

    private final SessionMap sessions = new SessionMap();
    private final EntryReader reader = new EntryReader(sessions);
    private final AtomicLong changes = new AtomicLong();
    private final SessionSettings settings;
    private final InstantSource clock;
    private final ExpiryRule expiry;
    private final Announcements announcements;

    public InMemorySessionStore(SessionSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.expiry = new ExpiryRule(settings.touchInterval());
        this.announcements = new Announcements(clock);
    }

    @Override
    public Set<StoreCapability> capabilities() {
        return Set.of(StoreCapability.HISTORY);
    }

    /** In the precision that every store has. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private Save save(Caller caller, Instant now) {
        return new Save(changes.incrementAndGet(), now, caller);
    }

    @Override
    public SessionInfo create(Caller caller, NewSession request) {
        Instant now = now();
        StoredSession session = Creations.created(request, save(caller, now), settings);
        if (settings.maxSessionsPerOwner() == 0) {
            sweepId(request, now);
            sessions.insert(session);
        } else {
            sessions.insert(session, settings.maxSessionsPerOwner(), now, () -> sweepId(request, now));
        }
        return session.info();
    }

    /** What has expired does not exist, but its id is taken until it is swept. */
    private void sweepId(NewSession request, Instant now) {
        if (request.id() != null) {
            expire(request.id(), now);
        }
    }

    @Override
    public Optional<SessionView> find(Caller caller, String session) {
        Limits.id("session id", session);
        Instant now = now();
        return sessions.find(caller, session, now).map(found -> found.view(now));
    }

    private StoredSession found(Caller caller, String session, Instant now) {
        Limits.id("session id", session);
        return sessions.find(caller, session, now).orElseThrow(() -> new SessionNotFoundException(session));
    }

    @Override
    public List<EntryRead> entries(Caller caller, String session, Set<String> names, Set<String> known) {
        requireNames(names);
        Instant now = now();
        return reader.entries(found(caller, session, now), names, known, now);
    }

    @Override
    public Optional<LoadedSession> load(Caller caller, String session, Set<String> names, Set<String> known) {
        Limits.id("session id", session);
        requireNames(names);
        Instant now = now();
        return sessions.find(caller, session, now)
                .map(found -> new LoadedSession(found.view(now), reader.entries(found, names, known, now)));
    }

    private static void requireNames(Set<String> names) {
        Limits.atMost("number of names", names.size(), Limits.CHANGES);
        names.forEach(name -> Limits.name("entry name", name));
    }

    @Override
    public Saved save(Caller caller, SessionDelta delta) {
        // Compressing takes its time: not while others wait.
        Map<String, StoredContent> contents = Deltas.contents(delta.changes(), settings);
        Instant now = now();
        Function<StoredSession, Step<Saved>> step =
                session -> Deltas.applied(delta, contents, session, save(caller, now), settings);
        String owner = delta.attributes().owner();
        int limit = settings.maxSessionsPerOwner();
        return owner == null || limit == 0
                ? sessions.change(caller, delta.session(), now, step)
                : sessions.give(owner, limit, caller, delta.session(), now, step);
    }

    @Override
    public boolean delete(Caller caller, String session) {
        Limits.id("session id", session);
        Instant now = now();
        return end(session, found -> found.isFor(caller, now), SessionEnded.Reason.DELETED, now);
    }

    private boolean expire(String session, Instant now) {
        return end(session, found -> found.isExpired(now), SessionEnded.Reason.EXPIRED, now);
    }

    private boolean end(String session, Predicate<StoredSession> condition, SessionEnded.Reason reason, Instant now) {
        Optional<StoredSession> removed = sessions.removeIf(session, condition);
        removed.ifPresent(ended -> announcements.announce(ended, reason, now));
        return removed.isPresent();
    }

    @Override
    public Touched touch(Caller caller, String session, Instant atLeast) {
        Limits.id("session id", session);
        Instant now = now();
        Instant until = atLeast.isBefore(Instant.EPOCH) ? Instant.EPOCH : atLeast;
        if (until.isAfter(now.plus(Limits.LONGEST))) {
            String limit = Limits.LONGEST.toDays() + " days from now";
            throw Limits.refused("atLeast", limit, "A session can be kept until " + limit + ", not until " + atLeast);
        }
        return sessions.change(caller, session, now, found -> found.touched(now, until, expiry));
    }

    @Override
    public int expireDue(int limit) {
        requireBatch(limit);
        Instant now = now();
        int expired = 0;
        // More than asked for: some may be another sweeper's by now.
        for (StoredSession session : sessions.overdue(now)) {
            if (expired < limit && expire(session.id(), now)) {
                expired++;
            }
        }
        return expired;
    }

    private static void requireBatch(int limit) {
        Limits.atLeast("limit", limit, 1);
        Limits.atMost("limit", limit, BATCH);
    }

    @Override
    public int deliver(int limit, SessionObserver observer) {
        requireBatch(limit);
        return announcements.deliver(limit, observer);
    }

    @Override
    public SessionPage page(Caller caller, SessionQuery query) {
        return new Listing(caller, query, now()).page(sessions.all());
    }

    @Override
    public SessionStatistics statistics(Caller caller) {
        return Census.taken(sessions.all(), announcements.undelivered(caller), caller, now());
    }

    @Override
    public List<SessionRevision> revisions(Caller caller, String session) {
        Instant now = now();
        return found(caller, session, now).forgetting(settings, now).states().stream()
                .map(Timeline.State::revision)
                .toList();
    }

    @Override
    public Optional<EntryRead> version(Caller caller, String session, String name, long version) {
        Limits.name("entry name", name);
        Instant now = now();
        return found(caller, session, now)
                .forgetting(settings, now)
                .version(name, version)
                .map(entry -> reader.read(session, entry, now));
    }

    @Override
    public Saved restore(Caller caller, String session, long revision) {
        Limits.id("session id", session);
        Instant now = now();
        return sessions.change(
                caller,
                session,
                now,
                found -> Restores.toRevision(revision, found.forgetting(settings, now), save(caller, now), settings));
    }

    @Override
    public Saved restoreEntry(Caller caller, String session, String name, long version) {
        Limits.id("session id", session);
        Limits.name("entry name", name);
        Instant now = now();
        return sessions.change(
                caller,
                session,
                now,
                found -> Restores.toVersion(
                        name, version, found.forgetting(settings, now), save(caller, now), settings));
    }

    /** As it is now, for another store that is to take it over; empty if there is none. */
    public Optional<MovedSession> leaving(Caller caller, String session) {
        return sessions.find(caller, session, now()).map(StoredSession::moved);
    }

    /** Another store has it: it is removed here, and has not ended. False if it was changed since, and nothing is done. */
    public boolean leave(MovedSession session) {
        return sessions.removeIf(session.info().id(), found -> found.moved().equals(session))
                .isPresent();
    }

    /** For tests: how a session is stored, expired or not. */
    Optional<StoredSession> stored(String session) {
        return sessions.stored(session);
    }

    /** For tests: how an entry is stored. */
    Optional<StoredEntry> stored(String session, String name) {
        return stored(session).map(found -> found.entries().get(name));
    }

    /** For tests: makes that the stored form of an entry that exists, as damage to the store would. */
    void replace(String session, StoredEntry entry) {
        sessions.exchange(session, stored(session, entry.name()).orElseThrow(), entry);
    }

    /** For tests: how many sessions are stored, expired ones too. */
    int storedSessions() {
        return sessions.all().size();
    }
}
