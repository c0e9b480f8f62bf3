// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session without looking at its entries.
 *
 * @param revision counts the changes to the session: each stored, removed or incremented entry and each change of its
 *     attributes adds one. Two reads that show the same revision saw the same state
 * @param lastAccessedAt behind the last access by at most the configured interval in which touches are coalesced
 * @param expiresAt when the session ceases to exist unless it is accessed before; never earlier than the idle timeout after
 *     the last access, and never later than the lifetime after its creation
 * @param lifetime how long after its creation the session ends at the latest; null for no such limit
 * @param bytes the content of its entries, each rounded up to a multiple of 1 KiB: what quotas count
 */
public record SessionInfo(
        String id,
        String owner,
        SessionKind kind,
        SessionState state,
        long revision,
        Instant createdAt,
        Instant lastAccessedAt,
        Instant expiresAt,
        Duration idleTimeout,
        @Nullable Duration lifetime,
        Map<String, String> metadata,
        int entryCount,
        long bytes) {

    public SessionInfo {
        metadata = Map.copyOf(metadata);
    }

    /** How many changes were stored since the session was created. */
    public long operations() {
        return revision - 1;
    }
}
