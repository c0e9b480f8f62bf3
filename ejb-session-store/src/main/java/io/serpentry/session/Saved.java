// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.Map;

/**
 * What a save has stored.
 *
 * @param revision of the session after it, and after what others stored before it
 * @param versions of the entries that were put or incremented
 * @param counters the values after the increments
 */
public record Saved(long revision, Map<String, Long> versions, Map<String, Long> counters) {

    public Saved {
        versions = Map.copyOf(versions);
        counters = Map.copyOf(counters);
    }
}
