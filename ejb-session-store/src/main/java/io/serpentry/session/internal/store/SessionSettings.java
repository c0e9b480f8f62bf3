// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of the session store.
 *
 * @param lifetime of sessions that name none; null for none
 * @param touchInterval accesses that follow a written one within it are not written; at most a twentieth of the idle timeout counts
 * @param maxSessionsPerOwner 0 for no such limit
 * @param historyCount earlier versions kept of each entry; 0 for none
 */
public record SessionSettings(
        Duration idleTimeout,
        Duration temporaryIdleTimeout,
        @Nullable Duration lifetime,
        Duration touchInterval,
        int maxEntrySize,
        int maxEntries,
        long maxBytes,
        int maxSessionsPerOwner,
        int historyCount,
        Duration historyAge,
        Codec codec) {

    /** Of how many removals a session keeps the entry's versions, beside those of the entries that it has. */
    public static final int REMOVALS_KEPT = 1000;

    public static SessionSettings defaults() {
        return new SessionSettings(
                Duration.ofHours(1),
                Duration.ofMinutes(5),
                null,
                Duration.ofMinutes(1),
                16 << 20,
                1000,
                64L << 20,
                0,
                10,
                Duration.ofDays(7),
                Codec.ZSTD);
    }
}
