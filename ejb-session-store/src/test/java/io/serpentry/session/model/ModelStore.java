// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.connector.PythonException;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryRead;
import io.serpentry.session.ForbiddenException;
import io.serpentry.session.Limits;
import io.serpentry.session.NewSession;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.RevisionNotFoundException;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionExistsException;
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
import io.serpentry.session.internal.store.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a store is to do, for one thread: everything is kept for ever, and looked through from the beginning. Where several answers
 * are right it throws {@link Refusals.Refused}.
 */
final class ModelStore implements SessionStore {

    private final SessionSettings settings;
    private final InstantSource clock;
    private final ModelTimes times;
    private final StoreUnderTest.Habits habits;
    private TreeMap<String, ModelSession> sessions = new TreeMap<>();
    private ModelOutbox outbox = new ModelOutbox();
    private Set<String> saved = new TreeSet<>();

    ModelStore(SessionSettings settings, InstantSource clock, StoreUnderTest.Habits habits) {
        this.settings = settings;
        this.clock = clock;
        this.times = new ModelTimes(settings.touchInterval());
        this.habits = habits;
    }

    /** All there is; {@link #reset} brings it back. */
    record Memory(TreeMap<String, ModelSession> sessions, ModelOutbox outbox) {}

    Memory memory() {
        TreeMap<String, ModelSession> copies = new TreeMap<>();
        sessions.forEach((id, session) -> copies.put(id, session.copy()));
        return new Memory(copies, outbox.copy());
    }

    void reset(Memory memory) {
        sessions = memory.sessions();
        outbox = memory.outbox();
    }

    /** The sessions that were saved since this was asked for; a store may have noted these accesses although none was due. */
    Set<String> takeSaved() {
        Set<String> taken = saved;
        saved = new TreeSet<>();
        return taken;
    }

    /** Notes an access of this moment if a store that shows these times has noted one. */
    void adoptAccess(SessionInfo shown) {
        ModelSession session = seen(Caller.SYSTEM, shown.id());
        if (session != null) {
            ModelSession accessed = session.copy();
            times.touched(accessed, now(), Instant.EPOCH);
            boolean isAccessed = accessed.lastAccessedAt.equals(shown.lastAccessedAt())
                    && accessed.expiresAt.equals(shown.expiresAt());
            if (isAccessed) {
                sessions.put(session.id, accessed);
            }
        }
    }

    ModelOutbox outbox() {
        return outbox;
    }

    Instant now() {
        return clock.instant();
    }

    /** As the caller sees it; null if he does not. */
    @Nullable
    ModelSession seen(Caller caller, String id) {
        ModelSession session = sessions.get(id);
        return session != null && session.isFor(caller, now()) ? session : null;
    }

    private ModelSession required(Caller caller, String id) {
        ModelSession session = seen(caller, id);
        if (session == null) {
            throw new SessionNotFoundException(id);
        }
        return session;
    }

    List<ModelSession.Ended> kept(ModelSession session) {
        return session.kept(settings.historyCount(), now().minus(settings.historyAge()));
    }

    @Override
    public Set<StoreCapability> capabilities() {
        return Set.of();
    }

    @Override
    public SessionInfo create(Caller caller, NewSession request) {
        ModelSession session = empty(caller, request);
        Map<String, ModelEntry.@Nullable Value> contents = new TreeMap<>();
        request.entries().forEach(put -> contents.put(put.name(), ModelEntry.Value.of(put.mediaType(), put.content())));
        new ModelSave(session, caller, now()).creation(contents);
        times.started(session, now());
        Refusals refusals = new Refusals();
        refuseUnlessPossible(caller, request, session, refusals);
        if (habits.refusedCreationSweeps() && refusals.isNone()) {
            sweep(session.id);
        }
        refuseUnlessFree(session, refusals);
        refusals.raise();
        sweep(session.id);
        sessions.put(session.id, session);
        return session.info();
    }

    private void sweep(String id) {
        ModelSession session = sessions.get(id);
        if (session != null && !now().isBefore(session.expiresAt)) {
            sessions.remove(id);
            outbox.announce(session, SessionEnded.Reason.EXPIRED, now());
        }
    }

    private ModelSession empty(Caller caller, NewSession request) {
        Duration usual =
                request.kind() == SessionKind.TEMPORARY ? settings.temporaryIdleTimeout() : settings.idleTimeout();
        return new ModelSession(
                Optional.ofNullable(request.id()).orElseThrow(),
                request.kind(),
                Optional.ofNullable(request.createdAt()).orElse(now()),
                Optional.ofNullable(request.owner()).orElse(caller.name()),
                Optional.ofNullable(request.idleTimeout()).orElse(usual),
                request.lifetime() == null ? settings.lifetime() : request.lifetime(),
                request.metadata(),
                now());
    }

    private void refuseUnlessPossible(Caller caller, NewSession request, ModelSession session, Refusals refusals) {
        boolean foreign = !session.owner.equals(caller.name()) || request.createdAt() != null;
        refusals.addIf(foreign && !caller.operator(), new ForbiddenException(""));
        refusals.addIf(session.createdAt.isAfter(now()), Limits.refused("createdAt", "", ""));
        Duration lifetime = session.lifetime;
        refusals.addIf(
                lifetime != null && !session.createdAt.plus(lifetime).isAfter(now()),
                Limits.refused("lifetime", "", ""));
        refusals.sizes(request.entries(), settings);
        refusals.quotas(session.entries.size(), session.charged(), settings);
    }

    private void refuseUnlessFree(ModelSession session, Refusals refusals) {
        ModelSession taken = sessions.get(session.id);
        refusals.addIf(taken != null && now().isBefore(taken.expiresAt), new SessionExistsException(session.id));
        refuseOneTooMany(session.owner, refusals);
    }

    private void refuseOneTooMany(String owner, Refusals refusals) {
        long owned = sessions.values().stream()
                .filter(one -> one.owner.equals(owner) && now().isBefore(one.expiresAt))
                .count();
        int limit = settings.maxSessionsPerOwner();
        refusals.addIf(
                limit > 0 && owned >= limit,
                new QuotaExceededException("serpentry.session.maxSessionsPerOwner", "", limit, owned + 1));
    }

    @Override
    public Optional<SessionView> find(Caller caller, String id) {
        return Optional.ofNullable(seen(caller, id))
                .map(session -> new SessionView(
                        session.info(),
                        session.entries.values().stream().map(ModelEntry::info).toList(),
                        now()));
    }

    @Override
    public List<EntryRead> entries(Caller caller, String id, Set<String> names, Set<String> known) {
        return required(caller, id).entries.values().stream()
                .filter(entry -> names.contains(entry.name()))
                .map(entry ->
                        known.contains(entry.value().sha256()) ? new EntryRead.Known(entry.info()) : content(entry))
                .toList();
    }

    private static EntryRead content(ModelEntry entry) {
        return new EntryRead.Content(entry.info(), entry.value().content());
    }

    @Override
    public Saved save(Caller caller, SessionDelta delta) {
        Refusals refusals = new Refusals();
        ModelSession session = required(caller, delta.session()).copy();
        String owner = delta.attributes().owner();
        refusals.addIf(owner != null && !owner.equals(session.owner) && !caller.operator(), new ForbiddenException(""));
        ModelDelta changes = new ModelDelta(session, delta);
        Optional<PythonException> first = changes.conflict().or(changes::misfit);
        if (first.isPresent()) {
            refusals.add(first.get());
            refusals.raise();
        }
        ModelSave save = new ModelSave(session, caller, now());
        Map<String, Long> counters = changes.counters();
        Map<String, Long> versions = save.all(changes.values(), delta.attributes());
        refusals.sizes(delta.changes(), settings);
        refusals.quotas(session.entries.size(), session.charged(), settings);
        if (!session.owner.equals(sessions.get(session.id).owner)) {
            refuseOneTooMany(session.owner, refusals);
        }
        refusals.raise();
        if (changes.isRetimed(sessions.get(session.id))) {
            times.restarted(session, now());
        } else {
            times.saved(session, now());
        }
        put(session);
        return new Saved(session.revision, versions, counters);
    }

    private void put(ModelSession session) {
        sessions.put(session.id, session);
        saved.add(session.id);
    }

    @Override
    public boolean delete(Caller caller, String id) {
        ModelSession session = seen(caller, id);
        if (session == null) {
            return false;
        }
        sessions.remove(id);
        outbox.announce(session, SessionEnded.Reason.DELETED, now());
        return true;
    }

    @Override
    public Touched touch(Caller caller, String id, Instant atLeast) {
        ModelSession session = required(caller, id);
        boolean due = times.isDue(session, now(), atLeast);
        if (due) {
            times.touched(session, now(), atLeast);
        }
        return new Touched(due ? Touched.Outcome.WRITTEN : Touched.Outcome.COALESCED, session.expiresAt);
    }

    @Override
    public int expireDue(int limit) {
        List<ModelSession> due = sessions.values().stream()
                .filter(session -> !now().isBefore(session.expiresAt))
                .sorted(Comparator.comparing(session -> session.expiresAt))
                .limit(limit)
                .toList();
        due.forEach(session -> sweep(session.id));
        return due.size();
    }

    /** Which of those that are due are taken is the store's affair: see {@link Deliveries}. */
    @Override
    public int deliver(int limit, SessionObserver observer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SessionPage page(Caller caller, SessionQuery query) {
        return ModelPages.page(List.copyOf(sessions.values()), caller, query, now());
    }

    @Override
    public SessionStatistics statistics(Caller caller) {
        List<ModelSession> living = sessions.values().stream()
                .filter(session -> session.isFor(caller, now()))
                .toList();
        Map<SessionKind, Long> kinds = new HashMap<>();
        for (SessionKind kind : SessionKind.values()) {
            kinds.put(
                    kind,
                    living.stream().filter(session -> session.kind == kind).count());
        }
        return new SessionStatistics(
                kinds,
                living.stream().mapToLong(session -> session.entries.size()).sum(),
                living.stream().mapToLong(ModelSession::charged).sum(),
                sessions.values().stream()
                        .filter(session -> caller.sees(session.owner) && !now().isBefore(session.expiresAt))
                        .count(),
                0,
                outbox.count(caller),
                living.stream()
                        .map(session -> session.createdAt)
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }

    @Override
    public List<SessionRevision> revisions(Caller caller, String id) {
        ModelSession session = required(caller, id);
        return session.told(kept(session)).stream()
                .map(ModelSession.Moment::revision)
                .toList();
    }

    @Override
    public Optional<EntryRead> version(Caller caller, String id, String name, long version) {
        ModelSession session = required(caller, id);
        return session.version(name, version, kept(session)).map(ModelStore::content);
    }

    @Override
    public Saved restore(Caller caller, String id, long revision) {
        ModelSession session = required(caller, id).copy();
        List<ModelSession.Ended> kept = kept(session);
        List<ModelSession.Moment> told = session.told(kept);
        Map<String, Long> wanted = told.stream()
                .filter(moment -> moment.revision().revision() == revision)
                .findFirst()
                .orElseThrow(() -> new RevisionNotFoundException(
                        id, "", told.get(told.size() - 1).revision().revision()))
                .versions();
        Map<String, ModelEntry.@Nullable Value> values = new TreeMap<>();
        Set<String> names = new HashSet<>(session.entries.keySet());
        names.addAll(wanted.keySet());
        names.remove("");
        for (String name : names) {
            long version = wanted.getOrDefault(name, 0L);
            if (version != session.version(name)) {
                values.put(
                        name,
                        session.version(name, version, kept)
                                .map(ModelEntry::value)
                                .orElse(null));
            }
        }
        return restored(caller, session, values);
    }

    @Override
    public Saved restoreEntry(Caller caller, String id, String name, long version) {
        ModelSession session = required(caller, id).copy();
        ModelEntry wanted = session.version(name, version, kept(session))
                .orElseThrow(() -> new RevisionNotFoundException(id, "", 0));
        return restored(caller, session, version == session.version(name) ? Map.of() : Map.of(name, wanted.value()));
    }

    private Saved restored(Caller caller, ModelSession session, Map<String, ModelEntry.@Nullable Value> values) {
        if (values.isEmpty()) {
            return new Saved(session.revision, Map.of(), Map.of());
        }
        Map<String, Long> versions = new ModelSave(session, caller, now()).entries(values);
        Refusals refusals = new Refusals();
        refusals.quotas(session.entries.size(), session.charged(), settings);
        refusals.raise();
        times.saved(session, now());
        put(session);
        return new Saved(session.revision, versions, Map.of());
    }
}
