// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Lists of sessions: the whole list is made for each page. A cursor is the number of sessions before it. */
final class ModelPages {

    private ModelPages() {}

    static SessionPage page(List<ModelSession> sessions, Caller caller, SessionQuery query, Instant now) {
        List<SessionInfo> all = sessions.stream()
                .filter(session -> session.isFor(caller, now))
                .filter(session -> isWanted(session, query))
                .map(ModelSession::info)
                .sorted(order(query))
                .toList();
        String cursor = query.cursor();
        int from = cursor == null ? 0 : Integer.parseInt(cursor);
        int to = Math.min(from + query.limit(), all.size());
        return new SessionPage(all.subList(from, to), to < all.size() ? "" + to : null);
    }

    private static Comparator<SessionInfo> order(SessionQuery query) {
        Comparator<SessionInfo> byId = Comparator.comparing(SessionInfo::id);
        Comparator<SessionInfo> byCreation =
                Comparator.comparing(SessionInfo::createdAt).thenComparing(byId);
        return switch (query.order()) {
            case ID_ASCENDING -> byId;
            case ID_DESCENDING -> byId.reversed();
            case CREATED_ASCENDING -> byCreation;
            case CREATED_DESCENDING -> byCreation.reversed();
        };
    }

    private static boolean isWanted(ModelSession session, SessionQuery query) {
        return (query.owner() == null || session.owner.equals(query.owner()))
                && (query.kind() == null || session.kind == query.kind())
                && query.state() != SessionState.DAMAGED
                && hasText(session, query);
    }

    private static boolean hasText(ModelSession session, SessionQuery query) {
        String text = query.text();
        return text == null
                || Stream.concat(Stream.of(session.id, session.owner), session.metadata.values().stream())
                        .anyMatch(part -> part.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)));
    }
}
