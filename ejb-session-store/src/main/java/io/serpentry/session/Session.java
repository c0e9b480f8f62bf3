// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Duration;

/**
 * A session to change. Changes are kept here until {@link #save} stores all of them at once, each based on the version that
 * was read. Not for use by several threads at once.
 */
public interface Session extends ReadOnlySession {

    /** The bytes are not copied: do not change them until {@link #save} has returned. */
    Session put(String name, String mediaType, byte[] content);

    /** As {@code application/json}; the text is not parsed. */
    Session putJson(String name, String json);

    Session remove(String name);

    /**
     * Adds to a counter; increments do not conflict with each other, and add up until the save.
     *
     * @throws io.serpentry.connector.ConnectionStateException if the entry was put or removed here and that was not saved yet
     */
    Session increment(String name, long by);

    /** Each key by itself: of two who store the same key the later one counts, and neither is told of a conflict. */
    Session metadata(String key, String value);

    Session removeMetadata(String key);

    Session idleTimeout(Duration value);

    Session lifetime(Duration value);

    /** Whether there is anything to save. */
    boolean isChanged();

    /**
     * Stores what was changed; nothing if nothing was. Afterwards this shows what the store holds.
     *
     * @throws SessionConflictException if an entry was changed by somebody else since it was read; nothing is stored, and the
     *     changes are still here: {@link #refresh} drops them
     */
    Saved save();

    /** Drops what was changed, and reads the session again. */
    void refresh();
}
