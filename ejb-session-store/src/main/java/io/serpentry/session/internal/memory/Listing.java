// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.Caller;
import io.serpentry.session.Limits;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionState;
import io.serpentry.session.internal.store.PageCursor;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A list of sessions, cut into pages. */
final class Listing {

    private final Caller caller;
    private final SessionQuery query;
    private final Instant now;
    private final Comparator<PageCursor> order;
    private final Optional<PageCursor> after;
    private final Optional<String> text;

    /** Throws INVALID_ARGUMENT for a text that no session can hold, or a cursor that is none of this order. */
    Listing(Caller caller, SessionQuery query, Instant now) {
        this.caller = caller;
        this.query = query;
        this.now = now;
        this.order = comparator(query.order());
        this.after = Optional.ofNullable(query.cursor()).map(cursor -> PageCursor.decoded(cursor, query.order()));
        this.text = Optional.ofNullable(query.text()).map(Listing::lower);
        // Half of a surrogate pair would be found in any whole one.
        text.filter(wanted -> !wanted.isEmpty()).ifPresent(wanted -> Limits.name("text", wanted));
    }

    private static Comparator<PageCursor> comparator(SessionOrder order) {
        Comparator<PageCursor> byId = Comparator.comparing(PageCursor::id);
        Comparator<PageCursor> byCreation =
                Comparator.comparingLong(PageCursor::createdAt).thenComparing(byId);
        return switch (order) {
            case ID_ASCENDING -> byId;
            case ID_DESCENDING -> byId.reversed();
            case CREATED_ASCENDING -> byCreation;
            case CREATED_DESCENDING -> byCreation.reversed();
        };
    }

    SessionPage page(Collection<StoredSession> sessions) {
        // One more than asked for says whether there is a next page.
        List<StoredSession> found = sessions.stream()
                .filter(this::isWanted)
                .sorted(Comparator.comparing(this::place, order))
                .limit(query.limit() + 1L)
                .toList();
        boolean more = found.size() > query.limit();
        List<StoredSession> shown = more ? found.subList(0, query.limit()) : found;
        List<SessionInfo> items = shown.stream().map(StoredSession::info).toList();
        return new SessionPage(items, more ? place(shown.get(shown.size() - 1)).encoded() : null);
    }

    private PageCursor place(StoredSession session) {
        return new PageCursor(query.order(), session.createdAt().toEpochMilli(), session.id());
    }

    private boolean isWanted(StoredSession session) {
        return session.isFor(caller, now)
                && (query.owner() == null
                        || query.owner().equals(session.attributes().owner()))
                && (query.kind() == null || query.kind() == session.kind())
                && (query.state() == null || query.state() == state(session))
                && text.map(wanted -> holds(session, wanted)).orElse(true)
                && after.map(end -> order.compare(place(session), end) > 0).orElse(true);
    }

    private static SessionState state(StoredSession session) {
        return session.quarantined() > 0 ? SessionState.DAMAGED : SessionState.ACTIVE;
    }

    private static boolean holds(StoredSession session, String wanted) {
        Attributes attributes = session.attributes();
        return Stream.concat(Stream.of(session.id(), attributes.owner()), attributes.metadata().values().stream())
                .anyMatch(part -> lower(part).contains(wanted));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
