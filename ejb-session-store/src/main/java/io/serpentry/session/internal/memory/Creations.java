// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.ForbiddenException;
import io.serpentry.session.Limits;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionKind;
import io.serpentry.session.internal.store.ExpiryRule;
import io.serpentry.session.internal.store.SessionIds;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a session begins. */
final class Creations {

    private Creations() {}

    /** The session with its first entries, at revision 1. */
    static StoredSession created(NewSession request, Save save, SessionSettings settings) {
        requireAllowed(request, save.caller());
        requireCreatedBefore(request.createdAt(), save.at());
        StoredSession empty = empty(request, save, settings);
        requireAlive(empty, save.at());
        if (request.entries().isEmpty()) {
            return empty;
        }
        List<EntryChange> puts = List.copyOf(request.entries());
        SessionDelta entries =
                new SessionDelta(empty.id(), puts, AttributeChange.NONE, SessionDelta.ANY_REVISION, Map.of());
        return Deltas.applied(entries, Deltas.contents(puts, settings), empty, save, settings)
                .next();
    }

    private static void requireAllowed(NewSession request, Caller caller) {
        if (caller.operator()) {
            return;
        }
        if (request.owner() != null && !request.owner().equals(caller.name())) {
            throw new ForbiddenException("Only an operator may create a session for another owner");
        }
        if (request.createdAt() != null) {
            throw new ForbiddenException("Only an operator may say when a session was created");
        }
    }

    private static void requireCreatedBefore(@Nullable Instant createdAt, Instant now) {
        if (createdAt != null && (createdAt.isAfter(now) || createdAt.isBefore(Instant.EPOCH))) {
            throw Limits.refused(
                    "createdAt",
                    "1970 to now",
                    "A session can not have been created at " + createdAt + ": it is " + now);
        }
    }

    /** So far below revision 1 that its first entries make it that. */
    private static StoredSession empty(NewSession request, Save save, SessionSettings settings) {
        String prefix = request.kind() == SessionKind.TEMPORARY ? "temp_" : "s";
        Instant createdAt = request.createdAt() == null ? save.at() : request.createdAt();
        StoredSession session = new StoredSession(
                request.id() == null ? SessionIds.generated(prefix) : request.id(),
                request.kind(),
                createdAt.truncatedTo(ChronoUnit.MILLIS),
                Attributes.of(request, save, settings),
                new StoredSession.Access(save.at(), save.at()),
                1 - request.entries().size(),
                0,
                Collections.emptySortedMap(),
                History.NONE);
        return session.retimed(save.at(), new ExpiryRule(settings.touchInterval()));
    }

    private static void requireAlive(StoredSession session, Instant now) {
        if (session.isExpired(now)) {
            throw Limits.refused(
                    "lifetime",
                    "after now",
                    "A session created at " + session.createdAt() + " with a lifetime of "
                            + session.attributes().lifetime() + " is over");
        }
    }
}
