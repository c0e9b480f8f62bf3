// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.Caller;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.internal.store.StoredEntry;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The sessions by their ids, expired ones too. Any thread may call it. A session is exchanged as a whole: who changes one
 * waits for others that change the same, and who reads waits for nobody.
 */
final class SessionMap {

    private final Map<String, StoredSession> sessions = new ConcurrentHashMap<>();
    /** Always empty: computing for an owner makes others wait who would compute for the same. */
    private final Map<String, StoredSession> owners = new ConcurrentHashMap<>();

    /** As of now: what changes in the meantime is there or not. */
    Collection<StoredSession> all() {
        return sessions.values();
    }

    /** Those that have expired, the oldest expiry first. */
    List<StoredSession> overdue(Instant now) {
        return sessions.values().stream()
                .filter(session -> session.isExpired(now))
                .sorted(Comparator.comparing(
                                (StoredSession session) -> session.access().expiresAt())
                        .thenComparing(StoredSession::id))
                .toList();
    }

    /** Empty if there is none that the caller may see, or if it has expired. */
    Optional<StoredSession> find(Caller caller, String id, Instant now) {
        return Optional.ofNullable(sessions.get(id)).filter(session -> session.isFor(caller, now));
    }

    /** Throws {@link SessionExistsException} if the id is taken, by an expired session too. */
    void insert(StoredSession session) {
        if (sessions.putIfAbsent(session.id(), session) != null) {
            throw new SessionExistsException(session.id());
        }
    }

    /**
     * As {@link #insert}; throws {@link QuotaExceededException} if its owner has {@code limit} sessions that live.
     *
     * @param before done when nothing but the id being taken can refuse it any more
     */
    void insert(StoredSession session, int limit, Instant now, Runnable before) {
        owners.compute(session.attributes().owner(), (owner, none) -> {
            StoredSession taken = sessions.get(session.id());
            // That the id is taken is the better answer.
            if (taken == null || taken.isExpired(now)) {
                requireRoom(owner, limit, now);
            }
            before.run();
            insert(session);
            return none;
        });
    }

    private void requireRoom(String owner, int limit, Instant now) {
        long owned = sessions.values().stream()
                .filter(other -> other.attributes().owner().equals(owner) && !other.isExpired(now))
                .count();
        if (owned >= limit) {
            throw new QuotaExceededException(
                    "serpentry.session.maxSessionsPerOwner", "The sessions of " + owner, limit, owned + 1);
        }
    }

    /**
     * Exchanges a session for what {@code step} makes of it, and tells what it says; leaves it as it is if that throws.
     *
     * @throws SessionNotFoundException if there is none for that caller
     */
    <T> T change(Caller caller, String id, Instant now, Function<StoredSession, Step<T>> step) {
        AtomicReference<T> result = new AtomicReference<>();
        sessions.compute(id, (key, session) -> {
            if (session == null || !session.isFor(caller, now)) {
                throw new SessionNotFoundException(id);
            }
            Step<T> done = step.apply(session);
            result.set(done.result());
            return done.next();
        });
        return Objects.requireNonNull(result.get());
    }

    /** As {@link #change} that makes the session {@code owner}'s; refused as by {@link #insert} if that is one too many. */
    <T> T give(String owner, int limit, Caller caller, String id, Instant now, Function<StoredSession, Step<T>> step) {
        AtomicReference<T> result = new AtomicReference<>();
        owners.compute(owner, (same, none) -> {
            result.set(change(caller, id, now, session -> {
                Step<T> done = step.apply(session);
                if (!session.attributes().owner().equals(owner)) {
                    requireRoom(owner, limit, now);
                }
                return done;
            }));
            return none;
        });
        return Objects.requireNonNull(result.get());
    }

    /** Exchanges the stored form of an entry's present version, if it is still {@code before}. */
    void exchange(String id, StoredEntry before, StoredEntry after) {
        sessions.computeIfPresent(id, (key, session) -> session.exchanged(before, after));
    }

    /** Removes the session if that holds for it; it as it was then, or empty. */
    Optional<StoredSession> removeIf(String id, Predicate<StoredSession> condition) {
        AtomicReference<StoredSession> removed = new AtomicReference<>();
        sessions.computeIfPresent(id, (key, session) -> {
            if (!condition.test(session)) {
                return session;
            }
            removed.set(session);
            return null;
        });
        return Optional.ofNullable(removed.get());
    }

    /** Whoever may see it, expired or not. */
    Optional<StoredSession> stored(String id) {
        return Optional.ofNullable(sessions.get(id));
    }
}
