// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionObserver;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.PageCursor;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sessions of anonymous calls, in this server's memory, and how they are shown together with the stored ones. */
@ApplicationScoped
public class MemoryTier {

    static final String PREFIX = "temp_";

    @Inject
    StoreBackend backend;

    @SuppressWarnings("NullAway.Init") // by open
    private InMemorySessionStore store;

    @PostConstruct
    void open() {
        open(backend.settings().sessions());
    }

    void open(SessionSettings settings) {
        store = new InMemorySessionStore(settings, InstantSource.system());
    }

    SessionInfo create(Caller caller) {
        return store.create(caller, NewSession.temporary());
    }

    /** The tier as a store, if it has the session. */
    Optional<SessionStore> having(String session) {
        return session != null
                        && session.startsWith(PREFIX)
                        && store.find(Caller.SYSTEM, session).isPresent()
                ? Optional.of(store)
                : Optional.empty();
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
        List<SessionInfo> all = Stream.concat(stored.items().stream(), ours.items().stream())
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
