// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.EntryChange;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an increment makes of an entry. */
final class Increments {

    private static final StoredContent NO_CONTENT = StoredContent.of(new byte[0], Codec.NONE);

    private Increments() {}

    /** Throws ILLEGAL_STATE if the entry is no counter, or the sum is no long. */
    static Replacement.Value applied(String session, EntryChange.Increment increment, @Nullable EntryHead head) {
        if (head == null) {
            return value(increment.name(), increment.by());
        }
        Long counter = head.counter();
        if (counter == null) {
            throw refused(session, increment, "is no counter; put a value, or remove it first");
        }
        try {
            return value(increment.name(), Math.addExact(counter, increment.by()));
        } catch (ArithmeticException e) {
            throw refused(session, increment, "is " + counter + ", and " + increment.by() + " more is beyond 64 bits");
        }
    }

    private static Replacement.Value value(String name, long value) {
        return new Replacement.Value(name, StoredEntry.COUNTER_MEDIA_TYPE, value, NO_CONTENT);
    }

    private static PythonException refused(String session, EntryChange.Increment increment, String why) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.ILLEGAL_STATE,
                        "Entry \"" + increment.name() + "\" of session \"" + session + "\" " + why)
                .context(Map.of("session", session, "entry", increment.name())));
    }
}
