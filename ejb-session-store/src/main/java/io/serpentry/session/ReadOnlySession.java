// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A session to look at, as it was when it was read. Content of entries is read when it is asked for, entry by entry. Not for
 * use by several threads at once.
 */
public interface ReadOnlySession {

    SessionInfo info();

    default String id() {
        return info().id();
    }

    /** Ordered by name. */
    List<EntryInfo> entries();

    /**
     * The entry's content; empty if there is no such entry. Read from the store at the first call, and kept.
     *
     * @throws EntryCorruptException if the stored bytes can not be read
     * @throws SessionNotFoundException if the session has ended since
     * @throws StoreUnavailableException if the store can not be reached
     */
    Optional<EntryRead.Content> entry(String name);

    /** When the store was read. */
    Instant readAt();

    /** How old this is: more than an instant only if it is what was remembered while the store can not be reached. */
    Duration age();
}
