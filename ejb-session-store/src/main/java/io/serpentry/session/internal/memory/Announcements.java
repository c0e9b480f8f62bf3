// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionObserver;
import io.serpentry.session.internal.SessionLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The announcements of ended sessions. Any thread may call it; no two deliver the same announcement. Those of temporary sessions come with
 * each anonymous call: while very many wait, because nobody takes them as fast, no more of them are kept.
 *
 * <pre>
 *             taken                observer returns
 *   waiting ────────► in delivery ─────────────────► gone
 *      ▲                  │
 *      └──── a pause ─────┘ observer throws
 * </pre>
 */
final class Announcements {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private static final int MOST_TEMPORARY = 50_000;

    private final NavigableMap<Long, Waiting> waiting = new ConcurrentSkipListMap<>();
    private final AtomicLong lastId = new AtomicLong();
    /** Of those that wait or are in delivery. */
    private final AtomicInteger temporary = new AtomicInteger();

    private final AtomicLong dropped = new AtomicLong();
    private final InstantSource clock;

    Announcements(InstantSource clock) {
        this.clock = clock;
    }

    /** One that is to be delivered, but not before a moment; {@code pause} is what follows the next failure. */
    private record Waiting(SessionEnded announcement, Instant notBefore, Duration pause) {

        Waiting postponed(Instant now) {
            Duration doubled = pause.multipliedBy(2);
            return new Waiting(
                    announcement, now.plus(pause), doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE);
        }
    }

    void announce(StoredSession session, SessionEnded.Reason reason, Instant at) {
        if (session.kind() == SessionKind.TEMPORARY && !isRoomForTemporary()) {
            dropped.incrementAndGet();
            return;
        }
        long id = lastId.incrementAndGet();
        String owner = session.attributes().owner();
        SessionEnded announcement = new SessionEnded(id, session.id(), owner, session.kind(), reason, at);
        waiting.put(id, new Waiting(announcement, Instant.EPOCH, FIRST_PAUSE));
    }

    private boolean isRoomForTemporary() {
        return temporary.getAndUpdate(now -> now < MOST_TEMPORARY ? now + 1 : now) < MOST_TEMPORARY;
    }

    /** Delivers up to {@code limit} of those that are due, oldest first; how many the observer has accepted. */
    int deliver(int limit, SessionObserver observer) {
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            SessionLog.LOG.announcementsDropped(lost, MOST_TEMPORARY);
        }
        Instant now = clock.instant();
        int attempts = 0;
        int delivered = 0;
        for (Waiting next : waiting.values()) {
            if (attempts == limit) {
                break;
            }
            if (!next.notBefore().isAfter(now) && isTaken(next)) {
                attempts++;
                delivered += isAccepted(next, observer) ? 1 : 0;
            }
        }
        return delivered;
    }

    private boolean isTaken(Waiting next) {
        return waiting.remove(next.announcement().id(), next);
    }

    private boolean isAccepted(Waiting next, SessionObserver observer) {
        boolean accepted = false;
        try {
            observer.ended(next.announcement());
            accepted = true;
        } catch (RuntimeException e) {
            SessionLog.LOG.observerFailed(next.announcement().id(), e);
        } finally {
            // Also after an Error, which the caller gets.
            if (!accepted) {
                waiting.put(next.announcement().id(), next.postponed(clock.instant()));
            } else if (next.announcement().kind() == SessionKind.TEMPORARY) {
                temporary.decrementAndGet();
            }
        }
        return accepted;
    }

    /** Those for sessions that the caller could see. */
    long undelivered(Caller caller) {
        return waiting.values().stream()
                .filter(one -> caller.sees(one.announcement().owner()))
                .count();
    }
}
