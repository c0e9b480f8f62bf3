// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import java.util.Locale;

/** An operation of the store, as metrics name it. */
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
    ALERT(true),
    PUBLISH(false),
    EVENTS(true);

    private final boolean repeatable;

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
}
