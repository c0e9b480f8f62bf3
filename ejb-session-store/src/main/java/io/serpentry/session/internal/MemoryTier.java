// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionObserver;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.SessionStore;
import io.serpentry.session.execution.SessionMemory;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.MovedSession;
import io.serpentry.session.internal.store.PageCursor;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.metrics.Counter;
import org.jspecify.annotations.Nullable;

/** The sessions of anonymous calls, in this server's memory, and how they are shown together with the stored ones. */
@ApplicationScoped
public class MemoryTier {

    static final String PREFIX = "temp_";

    /** The sessions of this server's running calls that are rows of the database. */
    private final Set<String> rows = ConcurrentHashMap.newKeySet();

    @Inject
    StoreBackend backend;

    private long maxBytes;

    @SuppressWarnings("NullAway.Init") // by open
    private InMemorySessionStore store;

    @PostConstruct
    void open() {
        open(backend.settings().sessions(), backend.settings().temporaryMaxBytes());
    }

    void open(SessionSettings settings, long bytes) {
        maxBytes = bytes;
        store = new InMemorySessionStore(settings, InstantSource.system());
    }

    /** @param created told of each that is made */
    SessionMemory sessions(Counter created) {
        return new Sessions(store, created);
    }

    private record Sessions(InMemorySessionStore store, Counter created) implements SessionMemory {
        @Override
        public SessionInfo begin(Caller caller) {
            SessionInfo begun = store.create(caller, NewSession.temporary());
            created.inc();
            return begun;
        }

        @Override
        public boolean end(Caller caller, String session) {
            return store.delete(caller, session);
        }
    }

    /** The tier as a store, if it has the session. */
    Optional<SessionStore> having(String session) {
        return session != null
                        && session.startsWith(PREFIX)
                        && store.find(Caller.SYSTEM, session).isPresent()
                ? Optional.of(store)
                : Optional.empty();
    }

    /** The session of a call that runs here is a row of the database, in which everybody's changes are in no transaction. */
    void persisted(String session) {
        rows.add(session);
    }

    boolean isPersisted(String session) {
        return rows.contains(session);
    }

    void forgetPersisted(String session) {
        rows.remove(session);
    }

    /** What that change would make too large to stay in memory; empty also if it is not there. */
    Optional<MovedSession> outgrown(Caller caller, SessionDelta delta) {
        return delta.session().startsWith(PREFIX)
                ? store.leaving(caller, delta.session()).filter(session -> grown(session, delta) > maxBytes)
                : Optional.empty();
    }

    private static long grown(MovedSession session, SessionDelta delta) {
        Map<String, Long> charged = new HashMap<>();
        session.entries()
                .forEach(entry -> charged.put(
                        entry.name(), EntryInfo.charged(entry.content().size())));
        for (EntryChange change : delta.changes()) {
            if (change instanceof EntryChange.Remove) {
                charged.remove(change.name());
            } else {
                int size = change instanceof EntryChange.Put put ? put.content().length : 0;
                charged.put(change.name(), EntryInfo.charged(size));
            }
        }
        return charged.values().stream().mapToLong(Long::longValue).sum();
    }

    /** It is a row of the database now. False if it was changed meanwhile, or has ended; then nothing is done. */
    boolean left(MovedSession session) {
        String id = session.info().id();
        rows.add(id);
        boolean left = store.leave(session);
        if (!left) {
            rows.remove(id);
        }
        return left;
    }

    int expireDue(int limit) {
        return store.expireDue(limit);
    }

    int deliver(int limit, SessionObserver observer) {
        return store.deliver(limit, observer);
    }

    /** The stored page with those in memory among it, in the query's order. */
    SessionPage merged(SessionPage stored, Caller caller, SessionQuery query) {
        if (query.kind() == SessionKind.DURABLE) {
            return stored;
        }
        SessionPage ours = store.page(caller, query);
        if (ours.items().isEmpty()) {
            return stored;
        }
        // One that is about to be moved may be in both.
        Set<String> ids = ours.items().stream().map(SessionInfo::id).collect(Collectors.toSet());
        List<SessionInfo> all = Stream.concat(
                        stored.items().stream().filter(item -> !ids.contains(item.id())), ours.items().stream())
                .sorted(order(query.order()))
                .toList();
        if (all.size() <= query.limit() && stored.next() == null && ours.next() == null) {
            return new SessionPage(all, null);
        }
        List<SessionInfo> page = all.subList(0, Math.min(query.limit(), all.size()));
        SessionInfo last = page.get(page.size() - 1);
        String next = new PageCursor(query.order(), last.createdAt().toEpochMilli(), last.id()).encoded();
        return new SessionPage(page, next);
    }

    private static Comparator<SessionInfo> order(SessionOrder order) {
        Comparator<SessionInfo> byId = Comparator.comparing(SessionInfo::id);
        Comparator<SessionInfo> byCreation =
                Comparator.comparing(SessionInfo::createdAt).thenComparing(byId);
        return switch (order) {
            case ID_ASCENDING -> byId;
            case ID_DESCENDING -> byId.reversed();
            case CREATED_ASCENDING -> byCreation;
            case CREATED_DESCENDING -> byCreation.reversed();
        };
    }

    SessionStatistics merged(SessionStatistics stored, Caller caller) {
        SessionStatistics ours = store.statistics(caller);
        Map<SessionKind, Long> sessions = new EnumMap<>(stored.sessions());
        ours.sessions().forEach((kind, count) -> sessions.merge(kind, count, Long::sum));
        return new SessionStatistics(
                sessions,
                stored.entries() + ours.entries(),
                stored.bytes() + ours.bytes(),
                stored.overdue() + ours.overdue(),
                stored.quarantined() + ours.quarantined(),
                stored.undelivered() + ours.undelivered(),
                earlier(stored.oldest(), ours.oldest()));
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
