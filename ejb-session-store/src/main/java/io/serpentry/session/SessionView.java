// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A session and the list of its entries, as of one moment.
 *
 * @param entries ordered by name
 * @param readAt when the store was read: now, unless the store can not be reached and this is what was remembered
 */
public record SessionView(SessionInfo info, List<EntryInfo> entries, Instant readAt) {

    public SessionView {
        entries = List.copyOf(entries);
    }

    public Optional<EntryInfo> entry(String name) {
        return entries.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }
}
