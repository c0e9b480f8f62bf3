// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.soak;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** How the calls of the soak test have ended. Safe for use by any number of threads. */
public final class Tally {

    private static final int SHOWN = 20;

    private final Map<String, LongAdder> outcomes = new ConcurrentSkipListMap<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();

    void ended(Enum<?> kind, String outcome, long nanos) {
        outcomes.computeIfAbsent(kind + " " + outcome, key -> new LongAdder()).increment();
        longestNanos.accumulateAndGet(nanos, Math::max);
        if (outcome.equals(SoakCaller.ANSWERED)) {
            answered.incrementAndGet();
        }
    }

    /** Something that must not be: only the first are kept, for one fault is often told again and again. */
    void fault(String what) {
        if (faults.size() < SHOWN) {
            faults.add(what);
        }
    }

    /** Calls that were answered as they should be. */
    public long answered() {
        return answered.get();
    }

    public List<String> faults() {
        return List.copyOf(faults);
    }

    public Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    /** How many by kind and outcome. */
    @Override
    public String toString() {
        return outcomes.toString();
    }
}
