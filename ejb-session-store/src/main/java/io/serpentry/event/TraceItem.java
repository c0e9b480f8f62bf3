// SPDX-License-Identifier: Apache-2.0
package io.serpentry.event;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened to a session.
 *
 * @param number orders those of one kind and one moment
 * @param what the audited action, {@code saved} for a revision, the type of an event
 * @param by the principal; the node for an event
 * @param data what JSON can hold
 */
public record TraceItem(
        Kind kind, long number, Instant at, String what, String by, Map<String, @Nullable Object> data) {

    /** Where it is known from; at one moment in this order. */
    public enum Kind {
        AUDIT,
        REVISION,
        EVENT
    }

    /** Unique in the trace. */
    public String id() {
        return kind.name().toLowerCase(Locale.ROOT) + "-" + number;
    }
}
