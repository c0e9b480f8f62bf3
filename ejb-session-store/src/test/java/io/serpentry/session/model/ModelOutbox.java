// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionEnded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/** The announcements that are not delivered yet. */
final class ModelOutbox {

    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
    private long lastId;

    private record Waiting(SessionEnded announcement, int failures, Instant notBefore) {}

    ModelOutbox copy() {
        ModelOutbox copy = new ModelOutbox();
        copy.waiting.putAll(waiting);
        copy.lastId = lastId;
        return copy;
    }

    void announce(ModelSession session, SessionEnded.Reason reason, Instant now) {
        lastId++;
        SessionEnded announcement = new SessionEnded(lastId, session.id, session.owner, session.kind, reason, now);
        waiting.put(lastId, new Waiting(announcement, 0, Instant.EPOCH));
    }

    List<SessionEnded> due(Instant now) {
        return waiting.values().stream()
                .filter(one -> !one.notBefore().isAfter(now))
                .map(Waiting::announcement)
                .toList();
    }

    void accepted(long id) {
        waiting.remove(id);
    }

    /** To be tried again after 1 s, 2 s, 4 s, and so on to 5 min. */
    void failed(long id, Instant now) {
        waiting.computeIfPresent(id, (same, before) -> {
            Duration pause = Duration.ofSeconds(1);
            for (int i = 0; i < before.failures(); i++) {
                pause = pause.multipliedBy(2);
            }
            Duration longest = Duration.ofMinutes(5);
            Instant next = now.plus(pause.compareTo(longest) > 0 ? longest : pause);
            return new Waiting(before.announcement(), before.failures() + 1, next);
        });
    }

    long count(Caller caller) {
        return waiting.values().stream()
                .filter(one -> caller.sees(one.announcement().owner()))
                .count();
    }
}
