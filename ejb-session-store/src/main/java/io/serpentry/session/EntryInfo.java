// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry without its content.
 *
 * @param version of this entry alone: one more with each change. It begins with 1, or above every version of an entry that
 *     was removed from the session before, so that a version never stands for two contents
 * @param size of the content in bytes
 * @param sha256 of the content, 64 hexadecimal digits; identifies it, for caches
 * @param counter whether it is a number that can be incremented
 * @param quarantinedAt since when its content is known to be unreadable; null if it is not
 */
public record EntryInfo(
        String name,
        long version,
        String mediaType,
        long size,
        String sha256,
        boolean counter,
        Instant writtenAt,
        String writtenBy,
        @Nullable Instant quarantinedAt) {

    /** Entries count for a session's quota of bytes in units of so many bytes. */
    public static final int QUOTA_UNIT = 1024;

    /** What an entry of that size counts for: whole units, one at least, so that most changes of a size leave the session's sum as it is. */
    public static long charged(long size) {
        return (Math.max(size, 1) + QUOTA_UNIT - 1) / QUOTA_UNIT * QUOTA_UNIT;
    }
}
