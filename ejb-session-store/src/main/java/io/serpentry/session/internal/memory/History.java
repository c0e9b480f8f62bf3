// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredEntry;
import io.serpentry.session.internal.store.Timeline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kept versions of a session's entries that were replaced or removed. Immutable.
 *
 * @param versions in the order in which they ended
 * @param floor the last save with a removal that nothing here tells of any more; 0 if there is none
 */
record History(List<Past> versions, long floor) {

    static final History NONE = new History(List.of(), 0);

    /** A version, and how it ended. */
    record Past(StoredEntry entry, Timeline.End end) {
        boolean isQuarantined() {
            return entry.quarantinedAt() != null;
        }
    }

    History plus(List<Past> ended) {
        return new History(Stream.concat(versions.stream(), ended.stream()).toList(), floor);
    }

    /** Without what is too much or too old to be kept; what is in quarantine is always kept. */
    History kept(SessionSettings settings, Instant now) {
        Instant oldest = now.minus(settings.historyAge());
        Map<String, Integer> counts = new HashMap<>();
        List<Past> kept = new ArrayList<>();
        long newFloor = floor;
        for (int i = versions.size() - 1; i >= 0; i--) {
            Past past = versions.get(i);
            int count = counts.merge(past.entry().name(), 1, Integer::sum);
            boolean within =
                    count <= settings.historyCount() && !past.end().at().isBefore(oldest);
            if (within || past.isQuarantined()) {
                kept.add(past);
            } else if (past.end().removed()) {
                newFloor = Math.max(newFloor, past.end().change());
            }
        }
        Collections.reverse(kept);
        return new History(List.copyOf(kept), newFloor).withoutOldRemovals();
    }

    /** Without the versions of entries that were removed, but for the newest removals. */
    private History withoutOldRemovals() {
        long last = versions.stream()
                .filter(past -> past.end().removed() && !past.isQuarantined())
                .map(past -> past.end().change())
                .sorted(Comparator.reverseOrder())
                .skip(SessionSettings.REMOVALS_KEPT)
                .findFirst()
                .orElse(0L);
        if (last == 0) {
            return this;
        }
        Map<String, Long> removed = new HashMap<>();
        versions.stream()
                .filter(past -> past.end().removed() && past.end().change() <= last)
                .forEach(past -> removed.merge(past.entry().name(), past.entry().version(), Math::max));
        List<Past> rest = versions.stream()
                .filter(past -> past.isQuarantined()
                        || past.entry().version()
                                > removed.getOrDefault(past.entry().name(), 0L))
                .toList();
        return new History(rest, Math.max(floor, last));
    }

    Optional<StoredEntry> version(String name, long version) {
        return versions.stream()
                .map(Past::entry)
                .filter(entry -> entry.name().equals(name) && entry.version() == version)
                .findFirst();
    }
}
