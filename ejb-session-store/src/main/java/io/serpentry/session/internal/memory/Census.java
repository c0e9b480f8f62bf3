// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionStatistics;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Counts sessions. */
final class Census {

    private Census() {}

    /** Of those that the caller may see. */
    static SessionStatistics taken(Collection<StoredSession> sessions, long undelivered, Caller caller, Instant now) {
        List<StoredSession> living =
                sessions.stream().filter(session -> session.isFor(caller, now)).toList();
        long overdue = sessions.stream()
                .filter(session -> session.isExpired(now)
                        && caller.sees(session.attributes().owner()))
                .count();
        return new SessionStatistics(
                kinds(living),
                sum(living, session -> session.entries().size()),
                sum(living, StoredSession::charged),
                overdue,
                sum(living, StoredSession::quarantined),
                undelivered,
                living.stream()
                        .map(StoredSession::createdAt)
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }

    private static Map<SessionKind, Long> kinds(List<StoredSession> sessions) {
        Map<SessionKind, Long> kinds = new EnumMap<>(SessionKind.class);
        for (SessionKind kind : SessionKind.values()) {
            kinds.put(kind, sum(sessions, session -> session.kind() == kind ? 1 : 0));
        }
        return kinds;
    }

    private static long sum(List<StoredSession> sessions, ToLongFunction<StoredSession> number) {
        return sessions.stream().mapToLong(number).sum();
    }
}
