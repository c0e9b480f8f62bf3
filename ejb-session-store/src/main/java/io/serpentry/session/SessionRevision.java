// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Instant;
import java.util.List;

/**
 * A state of a session that it can be restored to.
 *
 * @param revision the number of that state
 * @param changes what led to it, ordered by name; empty for a change of attributes alone
 */
public record SessionRevision(long revision, Instant at, String by, List<Change> changes) {

    public SessionRevision {
        changes = List.copyOf(changes);
    }

    /**
     * One entry's part in it.
     *
     * @param version that was stored, or the last one if the entry was removed
     */
    public record Change(String name, long version, boolean removed) {}
}
