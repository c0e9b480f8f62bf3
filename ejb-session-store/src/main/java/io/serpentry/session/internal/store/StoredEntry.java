// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryInfo;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version of an entry as it is stored.
 *
 * @param born the first version since the entry was last created
 * @param change the save that wrote it; those of one session are ordered by it
 * @param counter its value, if it is a counter; the content is then empty
 */
public record StoredEntry(
        String name,
        long version,
        long born,
        long change,
        Instant writtenAt,
        String writtenBy,
        String mediaType,
        @Nullable Long counter,
        StoredContent content,
        @Nullable Instant quarantinedAt) {

    public static final String COUNTER_MEDIA_TYPE = "application/json";

    /** Known to be readable. */
    public StoredEntry readable() {
        return quarantined(null);
    }

    /** Known to be unreadable since then, or since it was found before. */
    public StoredEntry unreadable(Instant at) {
        return quarantined(quarantinedAt == null ? at : quarantinedAt);
    }

    /** As another save has written it. */
    public StoredEntry writtenIn(long save) {
        return new StoredEntry(
                name, version, born, save, writtenAt, writtenBy, mediaType, counter, content, quarantinedAt);
    }

    private StoredEntry quarantined(@Nullable Instant at) {
        return new StoredEntry(name, version, born, change, writtenAt, writtenBy, mediaType, counter, content, at);
    }

    public EntryInfo info() {
        return info(
                name,
                version,
                mediaType,
                counter,
                content.size(),
                content.sha256(),
                writtenAt,
                writtenBy,
                quarantinedAt);
    }

    /** The description of a version whose bytes were not read. */
    public static EntryInfo info(
            String name,
            long version,
            String mediaType,
            @Nullable Long counter,
            int size,
            String sha256,
            Instant writtenAt,
            String writtenBy,
            @Nullable Instant quarantinedAt) {
        if (counter == null) {
            return new EntryInfo(name, version, mediaType, size, sha256, false, writtenAt, writtenBy, quarantinedAt);
        }
        byte[] text = counterContent(counter);
        return new EntryInfo(
                name,
                version,
                mediaType,
                text.length,
                ContentDigest.of(text),
                true,
                writtenAt,
                writtenBy,
                quarantinedAt);
    }

    /** The content that a counter of that value shows: its decimal digits, which are JSON. */
    public static byte[] counterContent(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }
}
