// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.SessionView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was done with one session of a migration.
 *
 * @param number its place in the plan, from 0
 * @param from the worker that had it warm; null if none had
 * @param to the worker it went to, which may be another than was planned if that one has ended; null for none
 * @param before the session when its move began; null if it was not moved
 * @param after the session when its move had ended. Another revision than before means that a call has changed it meanwhile
 * @param coldEntries how many of its entries the worker has not got, because they are too large for its cache or unreadable
 * @param at when its move ended; null if it was not moved
 * @param duration of its move, as a share of the batch that it was part of
 * @param problem why it was skipped, or what is to be known about its return; null if there is nothing to say
 */
public record MoveReceipt(
        int number,
        String session,
        String pool,
        @Nullable String from,
        @Nullable String to,
        State state,
        @Nullable Version before,
        @Nullable Version after,
        int coldEntries,
        @Nullable Instant at,
        @Nullable Duration duration,
        @Nullable String problem) {

    /** Of a session in a migration. */
    public enum State {
        PENDING,
        MOVED,
        /** It had ended, or its migration had. */
        SKIPPED,
        /** It was moved and placed as before again. */
        RETURNED
    }

    /**
     * What a session was at a moment.
     *
     * @param digest SHA-256 over the names, types and digests of its entries, 64 hexadecimal digits
     */
    public record Version(long revision, String digest) {

        public static Version of(SessionView session) {
            StringBuilder text = new StringBuilder();
            for (EntryInfo entry : session.entries()) {
                text.append(entry.name())
                        .append('\0')
                        .append(entry.mediaType())
                        .append('\0')
                        .append(entry.sha256())
                        .append('\n');
            }
            return new Version(
                    session.info().revision(), ContentDigest.of(text.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }
}
