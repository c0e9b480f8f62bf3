// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.Caller;
import io.serpentry.session.internal.store.Timeline;
import java.time.Instant;

/** Which save it is, when it is made, and for whom. */
record Save(long change, Instant at, Caller caller) {

    /** How it ends a version, by replacing or removing it. */
    Timeline.End end(boolean removed) {
        return new Timeline.End(change, at, caller.name(), removed);
    }
}
