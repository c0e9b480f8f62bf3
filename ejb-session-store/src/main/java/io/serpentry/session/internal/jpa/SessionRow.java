// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionState;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** The row of a session, for lists. It is written by native statements only. */
@Entity
@Immutable
@Table(name = "serpentry_session")
public class SessionRow {

    @Id
    @Column(length = 128)
    String id = "";

    @Column(nullable = false)
    String owner = "";

    short kind;

    @Column(name = "created_at")
    long createdAt;

    @Column(name = "last_accessed_at")
    long lastAccessedAt;

    @Column(name = "expires_at")
    long expiresAt;

    @Column(name = "idle_millis")
    long idleMillis;

    @Column(name = "lifetime_millis")
    @Nullable
    Long lifetimeMillis;

    @Column(nullable = false)
    String metadata = "";

    @Column(nullable = false)
    String search = "";

    long base;
    long structure;
    long high;

    @Column(name = "history_floor")
    long historyFloor;

    long change;

    @Column(name = "changed_at")
    long changedAt;

    @Column(name = "changed_by", nullable = false)
    String changedBy = "";

    @Column(name = "entry_count")
    int entryCount;

    long charged;

    @Formula("(select coalesce(sum(e.version), 0) from serpentry_entry e where e.session_id = id)")
    long versions;

    @Formula("(select count(*) from serpentry_entry q where q.session_id = id and q.quarantined_at is not null)")
    long quarantined;

    SessionInfo info() {
        return new SessionInfo(
                id,
                owner,
                Numbers.kind(kind),
                quarantined > 0 ? SessionState.DAMAGED : SessionState.ACTIVE,
                base + structure + versions,
                Instant.ofEpochMilli(createdAt),
                Instant.ofEpochMilli(lastAccessedAt),
                Instant.ofEpochMilli(expiresAt),
                Duration.ofMillis(idleMillis),
                lifetimeMillis == null ? null : Duration.ofMillis(lifetimeMillis),
                Metadata.parsed(metadata),
                entryCount,
                charged);
    }
}
