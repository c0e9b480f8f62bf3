// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Answer;
import io.serpentry.session.Saved;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a change has stored.
 *
 * @param versions of the entries that were put or incremented
 * @param counters the values after the increments
 */
@JsonbPropertyOrder({"revision", "versions", "counters"})
public record SavedDocument(long revision, Map<String, Long> versions, Map<String, Long> counters) implements Answer {

    static SavedDocument of(Saved saved) {
        return new SavedDocument(saved.revision(), new TreeMap<>(saved.versions()), new TreeMap<>(saved.counters()));
    }
}
