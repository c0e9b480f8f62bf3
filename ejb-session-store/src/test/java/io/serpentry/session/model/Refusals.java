// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.EntryChange;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.internal.store.SessionSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Every reason to refuse an operation, where the order in which a store looks for them is its own affair. */
final class Refusals {

    private final List<PythonException> found = new ArrayList<>();

    /** Refused for one of these reasons. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient List<PythonException> reasons;

        private Refused(List<PythonException> reasons) {
            super(reasons.toString());
            this.reasons = reasons;
        }

        List<PythonException> reasons() {
            return reasons;
        }
    }

    void add(PythonException reason) {
        found.add(reason);
    }

    void addIf(boolean condition, PythonException reason) {
        if (condition) {
            found.add(reason);
        }
    }

    void sizes(Collection<? extends EntryChange> changes, SessionSettings settings) {
        for (EntryChange change : changes) {
            if (change instanceof EntryChange.Put put && put.content().length > settings.maxEntrySize()) {
                add(PythonException.of(ErrorDetail.of(ErrorCode.MESSAGE_TOO_LARGE, "too large")
                        .context(Map.of(
                                "field", put.name(),
                                "size", "" + put.content().length,
                                "limit", "" + settings.maxEntrySize()))));
            }
        }
    }

    void quotas(long entries, long charged, SessionSettings settings) {
        addIf(
                entries > settings.maxEntries(),
                new QuotaExceededException("serpentry.session.maxEntries", "", settings.maxEntries(), entries));
        addIf(
                charged > settings.maxBytes(),
                new QuotaExceededException("serpentry.session.maxBytes", "", settings.maxBytes(), charged));
    }

    boolean isNone() {
        return found.isEmpty();
    }

    /** Throws {@link Refused} if there is any. */
    void raise() {
        if (!found.isEmpty()) {
            throw new Refused(found);
        }
    }
}
