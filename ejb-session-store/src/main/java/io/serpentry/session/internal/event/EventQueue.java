// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.event;

import io.serpentry.event.NewEvent;
import io.serpentry.session.internal.jpa.EventBatch.Published;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Published events that wait for being written, in their order. What comes while it is full is lost, and an event says how many. */
public final class EventQueue {

    static final String LOST = "events.lost";

    private final int capacity;
    private final Queue<Published> waiting = new ArrayDeque<>();
    private long lost;
    private Instant lostSince = Instant.EPOCH;

    /** @param capacity at least 2: how many may wait */
    public EventQueue(int capacity) {
        this.capacity = capacity;
    }

    /** How many of them there was no place for. */
    public synchronized int add(Instant at, List<NewEvent> events) {
        int left = 0;
        for (NewEvent event : events) {
            // One that tells of the lost ones needs a place of its own.
            if (waiting.size() + (lost > 0 ? 1 : 0) < capacity) {
                tellLost();
                waiting.add(new Published(at, event));
            } else {
                lostSince = lost == 0 ? at : lostSince;
                lost++;
                left++;
            }
        }
        return left;
    }

    private void tellLost() {
        if (lost > 0) {
            waiting.add(new Published(lostSince, new NewEvent(LOST, Map.of("count", lost))));
            lost = 0;
        }
    }

    /** Takes the oldest out, up to that many; none if none waits. */
    public synchronized List<Published> take(int limit) {
        if (waiting.isEmpty()) {
            tellLost();
        }
        List<Published> taken = new ArrayList<>();
        while (taken.size() < limit && !waiting.isEmpty()) {
            taken.add(waiting.remove());
        }
        return taken;
    }

    /** Whether {@link #take} would give any. */
    public synchronized boolean isWaiting() {
        return !waiting.isEmpty() || lost > 0;
    }
}
