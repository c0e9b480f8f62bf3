// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.Map;

/**
 * What a save has stored.
 *
 * @param revision of the session after it, and after what others had stored when it was made. What others store in other entries at the
 *     same moment may not be counted, so that two savers may be told the same number, and none of the states they made alone is one that a
 *     reader ever sees: whoever depends on the whole session reads it again, or saves with an expected revision
 * @param versions of the entries that were put or incremented
 * @param counters the values after the increments
 */
public record Saved(long revision, Map<String, Long> versions, Map<String, Long> counters) {

    public Saved {
        versions = Map.copyOf(versions);
        counters = Map.copyOf(counters);
    }
}
