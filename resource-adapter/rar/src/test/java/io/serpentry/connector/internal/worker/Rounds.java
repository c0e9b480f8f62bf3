// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.Placement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Hands out the seats of a pool as the container does: the one that was given back last comes first. */
final class Rounds {

    private final List<Seat> all = new ArrayList<>();
    private final Deque<Seat> free = new ArrayDeque<>();
    private final Semaphore permits;

    Rounds(WorkerPool pool, int size) {
        for (int i = 0; i < size; i++) {
            Seat seat = pool.seat();
            all.add(seat);
            free.addLast(seat);
        }
        permits = new Semaphore(size);
    }

    List<Seat> all() {
        return all;
    }

    List<String> workers() {
        return all.stream().map(seat -> seat.worker().id()).toList();
    }

    /** Lets somebody use a seat that was taken with that placement, and gives it back. */
    void use(Placement placement, Consumer<Seat> user) {
        Seat seat = next();
        try {
            if (!seat.take(placement, PoolFixture.LONG)) {
                throw new AssertionError("can not be taken: " + seat.worker());
            }
            user.accept(seat);
            if (!seat.give()) {
                throw new AssertionError("can not be used again: " + seat.worker());
            }
        } finally {
            back(seat);
        }
    }

    /** Validates the next idle seat, as the container does from time to time. */
    void validate() {
        Seat seat = next();
        try {
            if (!seat.check()) {
                throw new AssertionError("found invalid: " + seat.worker());
            }
        } finally {
            back(seat);
        }
    }

    private Seat next() {
        permits.acquireUninterruptibly();
        synchronized (free) {
            return free.removeLast();
        }
    }

    private void back(Seat seat) {
        synchronized (free) {
            free.addLast(seat);
        }
        permits.release();
    }
}
