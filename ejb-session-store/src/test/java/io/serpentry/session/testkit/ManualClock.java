// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** A clock that stands still until the test moves it. Any thread may read it, and one may live in a time of its own. */
public final class ManualClock implements InstantSource {

    public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final ThreadLocal<Instant> own = new ThreadLocal<>();
    private volatile Instant shared = START;

    @Override
    public Instant instant() {
        Instant mine = own.get();
        return mine == null ? shared : mine;
    }

    public void pass(Duration time) {
        set(shared.plus(time));
    }

    /** Also backward, as the clock of another node may be behind. */
    public void set(Instant time) {
        shared = time;
    }

    /** What this thread does at that moment, whatever time it is for others: so two threads can meet at a boundary. */
    public <T> T at(Instant time, Supplier<T> action) {
        own.set(time);
        try {
            return action.get();
        } finally {
            own.remove();
        }
    }
}
