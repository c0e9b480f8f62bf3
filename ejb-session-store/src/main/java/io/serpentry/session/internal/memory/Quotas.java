// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.EntryChange;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.internal.store.SessionSettings;
import java.util.Map;

/** What the settings allow a session to hold. */
final class Quotas {

    private Quotas() {}

    static void requireSize(EntryChange.Put put, SessionSettings settings) {
        int size = put.content().length;
        int limit = settings.maxEntrySize();
        if (size > limit) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.MESSAGE_TOO_LARGE,
                            "The content of entry \"" + put.name() + "\" has " + size + " bytes, and the limit is "
                                    + limit + " (serpentry.session.maxEntrySize)")
                    .context(Map.of(
                            "field", put.name(), "size", Integer.toString(size), "limit", Integer.toString(limit))));
        }
    }

    /** What is over a quota because the quota was lowered may stay, but not grow. */
    static void requireRoom(StoredSession before, StoredSession after, SessionSettings settings) {
        int count = after.entries().size();
        if (count > settings.maxEntries() && count > before.entries().size()) {
            throw new QuotaExceededException(
                    "serpentry.session.maxEntries",
                    "The entries of session \"" + after.id() + "\"",
                    settings.maxEntries(),
                    count);
        }
        long charged = after.charged();
        if (charged > settings.maxBytes() && charged > before.charged()) {
            throw new QuotaExceededException(
                    "serpentry.session.maxBytes",
                    "The bytes of session \"" + after.id() + "\"",
                    settings.maxBytes(),
                    charged);
        }
    }
}
