// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.util.List;

/** The steps by which a worker is ended, from the gentlest to the one nothing survives. */
enum Rung {
    BYE,
    CANCEL,
    INTERRUPT,
    ABORT,
    KILL;

    /** For a worker that has nothing to do. */
    static final List<Rung> RETIRE = List.of(BYE, KILL);

    /** For a worker that is in a call. */
    static final List<Rung> FORCE = List.of(CANCEL, INTERRUPT, ABORT, KILL);

    /** For a worker that can not be reasoned with. */
    static final List<Rung> AT_ONCE = List.of(KILL);

    String wireName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
