// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.SessionException;
import java.util.Map;

/**
 * An entry's stored bytes can not be read. They are kept; the session's other entries can be used, and this one can be
 * replaced, removed, or restored to an earlier version.
 */
public final class EntryCorruptException extends SessionException {

    private final Reason reason;

    /** What is wrong with the bytes. */
    public enum Reason {
        /** They are not the bytes that were stored: their checksum differs. */
        CHECKSUM,
        /** There are fewer or more of them than were stored. */
        LENGTH,
        /** Decoded, they are not the content that was stored: its digest differs. */
        DIGEST,
        /** They are compressed in a way that this release does not know, or are no such data. */
        CODEC,
        /** They are in a format that this release does not know. */
        FORMAT
    }

    public EntryCorruptException(String session, String entry, long version, Reason reason) {
        super(ErrorDetail.of(
                        ErrorCode.ENTRY_CORRUPT,
                        "Entry \"" + entry + "\" (version " + version + ") of session \"" + session
                                + "\" can not be read (" + reason
                                + "); its bytes are kept in quarantine. Restore an earlier version, or replace it")
                .context(Map.of(
                        "session",
                        session,
                        "entry",
                        entry,
                        "version",
                        Long.toString(version),
                        "reason",
                        reason.name())));
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
