// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the store holds, as of one moment.
 *
 * @param sessions that live, by kind; both kinds are there
 * @param bytes the content of their entries, rounded up as {@link SessionInfo#bytes}
 * @param overdue sessions that have expired and are not swept yet
 * @param quarantined entries whose content is unreadable
 * @param undelivered announcements of ended sessions that no observer has got yet
 * @param oldest when the oldest session that lives was created; null if there is none
 */
public record SessionStatistics(
        Map<SessionKind, Long> sessions,
        long entries,
        long bytes,
        long overdue,
        long quarantined,
        long undelivered,
        @Nullable Instant oldest) {

    public SessionStatistics {
        sessions = Map.copyOf(sessions);
    }
}
