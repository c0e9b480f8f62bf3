// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import io.serpentry.admin.problem.Refusal;
import io.serpentry.event.TraceItem;
import io.serpentry.event.TraceItem.Kind;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text form of a place in a trace: {@code 1767323045678-audit-12}. */
final class TraceCursor {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,15})-(audit|revision|event)-([0-9]{1,18})");

    private TraceCursor() {}

    static String after(TraceItem item) {
        return item.at().toEpochMilli() + "-" + item.id();
    }

    /**
     * Null for null.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if {@link #after} has not made it
     */
    static @Nullable TraceItem read(@Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        Matcher found = FORM.matcher(cursor);
        if (!found.matches()) {
            throw Refusal.field("cursor", "cursor is not one that a list has given as its 'next'");
        }
        Kind kind = Kind.valueOf(found.group(2).toUpperCase(Locale.ROOT));
        Instant at = Instant.ofEpochMilli(Long.parseLong(found.group(1)));
        return new TraceItem(kind, Long.parseLong(found.group(3)), at, "", "", Map.of());
    }
}
