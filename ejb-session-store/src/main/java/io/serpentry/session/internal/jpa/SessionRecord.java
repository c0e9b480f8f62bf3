// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionState;
import io.serpentry.session.internal.store.ExpiryRule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The row of a session as it was read.
 *
 * @param base see {@link #revision}
 * @param structure the version of the attributes
 * @param high the greatest version of an entry that was removed
 * @param historyFloor the last save that removed an entry of which nothing is kept; 0 if there is none
 */
record SessionRecord(
        String id,
        String owner,
        SessionKind kind,
        Instant createdAt,
        Instant lastAccessedAt,
        Instant expiresAt,
        Duration idleTimeout,
        @Nullable Duration lifetime,
        Map<String, String> metadata,
        long base,
        long structure,
        long high,
        long historyFloor,
        int entryCount,
        long charged) {

    static final String COLUMNS =
            "s.id, s.owner, s.kind, s.created_at, s.last_accessed_at, s.expires_at, s.idle_millis,"
                    + " s.lifetime_millis, s.metadata, s.base, s.structure, s.high, s.history_floor, s.entry_count, s.charged";

    static SessionRecord of(ResultSet row) throws SQLException {
        return new SessionRecord(
                row.getString("id"),
                row.getString("owner"),
                Numbers.kind(row.getInt("kind")),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "last_accessed_at"),
                Columns.instant(row, "expires_at"),
                Duration.ofMillis(row.getLong("idle_millis")),
                Columns.durationOrNull(row, "lifetime_millis"),
                Metadata.parsed(row.getString("metadata")),
                row.getLong("base"),
                row.getLong("structure"),
                row.getLong("high"),
                row.getLong("history_floor"),
                row.getInt("entry_count"),
                row.getLong("charged"));
    }

    boolean isFor(Caller caller, Instant now) {
        return now.isBefore(expiresAt) && caller.sees(owner);
    }

    /**
     * The session's revision. A sum, so that saves of different entries need not share a row: each version that is stored adds
     * one. {@code base} makes up for versions that begin above 1 and for those of entries that were removed.
     */
    long revision(long sumOfVersions) {
        return base + structure + sumOfVersions;
    }

    @Nullable
    Instant lifetimeEndsAt() {
        return lifetime == null ? null : createdAt.plus(lifetime);
    }

    SessionInfo info(long sumOfVersions, boolean damaged) {
        return new SessionInfo(
                id,
                owner,
                kind,
                damaged ? SessionState.DAMAGED : SessionState.ACTIVE,
                revision(sumOfVersions),
                createdAt,
                lastAccessedAt,
                expiresAt,
                idleTimeout,
                lifetime,
                metadata,
                entryCount,
                charged);
    }

    /** Whether it has the owner and the times from which the expiry of {@code other} was reckoned. */
    boolean expiresLike(SessionRecord other) {
        return owner.equals(other.owner)
                && createdAt.equals(other.createdAt)
                && idleTimeout.equals(other.idleTimeout)
                && Objects.equals(lifetime, other.lifetime);
    }

    boolean isTouchDue(ExpiryRule rule, Instant now, Instant atLeast) {
        return rule.isDue(now, lastAccessedAt, idleTimeout, expiresAt, atLeast);
    }

    Instant expiryAfter(ExpiryRule rule, Instant access, Instant atLeast) {
        return rule.expiresAt(access, idleTimeout, lifetimeEndsAt(), atLeast);
    }

    SessionRecord changed(AttributeChange change) {
        Duration newLifetime = change.lifetime();
        Duration newIdleTimeout = change.idleTimeout();
        String newOwner = change.owner();
        return new SessionRecord(
                id,
                newOwner == null ? owner : newOwner,
                kind,
                createdAt,
                lastAccessedAt,
                expiresAt,
                newIdleTimeout == null ? idleTimeout : Duration.ofMillis(newIdleTimeout.toMillis()),
                newLifetime == null ? lifetime : Duration.ofMillis(newLifetime.toMillis()),
                change.appliedTo(metadata),
                base,
                structure + 1,
                high,
                historyFloor,
                entryCount,
                charged);
    }

    /** Accessed now: neither the last access nor the expiry moves backward. */
    SessionRecord touched(ExpiryRule rule, Instant now) {
        return accessed(now, latest(expiresAt, expiryAfter(rule, now, Instant.EPOCH)));
    }

    /** Accessed now, after its times were changed: the expiry may move backward. */
    SessionRecord retimed(ExpiryRule rule, Instant now) {
        return accessed(now, expiryAfter(rule, latest(lastAccessedAt, now), Instant.EPOCH));
    }

    private SessionRecord accessed(Instant access, Instant expiry) {
        return new SessionRecord(
                id,
                owner,
                kind,
                createdAt,
                latest(lastAccessedAt, access),
                expiry,
                idleTimeout,
                lifetime,
                metadata,
                base,
                structure,
                high,
                historyFloor,
                entryCount,
                charged);
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    SessionRecord historyFloor(long newFloor) {
        return entries(base, high, newFloor, entryCount, charged);
    }

    SessionRecord entries(long newBase, long newHigh, long newFloor, int newEntryCount, long newCharged) {
        return new SessionRecord(
                id,
                owner,
                kind,
                createdAt,
                lastAccessedAt,
                expiresAt,
                idleTimeout,
                lifetime,
                metadata,
                newBase,
                structure,
                newHigh,
                newFloor,
                newEntryCount,
                newCharged);
    }
}
