// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.event.NewEvent;
import java.time.Instant;
import java.util.List;

/**
 * Events that are written together.
 *
 * @param id of this batch and no other, up to 36 characters
 * @param node that published them
 */
public record EventBatch(String id, String node, List<Published> events) {

    /** An event, and when it was published. */
    public record Published(Instant at, NewEvent event) {}

    public EventBatch {
        events = List.copyOf(events);
    }
}
