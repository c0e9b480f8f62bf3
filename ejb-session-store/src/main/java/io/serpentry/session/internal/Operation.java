// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.tracing.ServerSpans;
import io.serpentry.tracing.Spans;
import io.serpentry.tracing.Spans.ActiveSpan;
import java.util.Locale;
import java.util.Map;

/** An operation of the store, as metrics and traces name it. */
enum Operation {
    CREATE(false),
    FIND(true),
    ENTRIES(true),
    SAVE(false),
    DELETE(false),
    TOUCH(true),
    EXPIRE(true),
    DELIVER(false),
    PAGE(true),
    STATISTICS(true),
    REVISIONS(true),
    VERSION(true),
    RESTORE(false),
    FORGET(true),
    LEASE(true),
    KEEP(false),
    KEPT(true),
    DISMISS(false),
    /** To look at migrations. */
    MIGRATIONS(true),
    /** To write what one does. */
    MIGRATE(false),
    PUBLISH(false),
    EVENTS(true),
    NOTE(false),
    AUDIT(true),
    REMEMBER(false),
    ALERT(true);

    private final boolean repeatable;
    private final String spanName = "session.store." + tag();

    Operation(boolean repeatable) {
        this.repeatable = repeatable;
    }

    /** Whether it may be done again when it is not known whether it was done. */
    boolean isRepeatable() {
        return repeatable;
    }

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its span, within the one that the calling thread is in. */
    ActiveSpan span() {
        return ServerSpans.get().beginWithin(Spans.Kind.CLIENT, spanName, Map.of());
    }
}
