// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import io.serpentry.connector.EndedCall;
import io.serpentry.connector.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** The calls of one pool within the last while. Any number of threads may note calls, one may look. */
final class CallWindow {

    /** Microseconds; longer than the longest timeout. */
    private static final long LONGEST = Duration.ofDays(25).toMillis() * 1000;

    private record Part(Instant end, Histogram durations, long failures, long refusals) {}

    private final Duration length;
    private final Recorder durations = new Recorder(LONGEST, 2);
    private final LongAdder failures = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final Deque<Part> parts = new ArrayDeque<>();

    CallWindow(Duration length) {
        this.length = length;
    }

    void ended(EndedCall call) {
        durations.recordValue(Math.min(LONGEST, call.duration().toNanos() / 1000));
        if (call.isFault()) {
            failures.increment();
        }
    }

    /** Somebody wanted to make a call and got no worker. That took no time of a call, and is a failed one if it was not his fault. */
    void refused(ErrorCode failure) {
        if (EndedCall.isFault(failure)) {
            refusals.increment();
        }
    }

    /** What has happened until now becomes part of the window, what is too old leaves it. */
    Figures look(Instant now) {
        parts.addLast(
                new Part(now, durations.getIntervalHistogram(), failures.sumThenReset(), refusals.sumThenReset()));
        while (parts.getFirst().end().isBefore(now.minus(length))) {
            parts.removeFirst();
        }
        Histogram all = new Histogram(LONGEST, 2);
        parts.forEach(part -> all.add(part.durations()));
        long refused = parts.stream().mapToLong(Part::refusals).sum();
        long failed = parts.stream().mapToLong(Part::failures).sum() + refused;
        long ended = all.getTotalCount();
        long wanted = ended + refused;
        return new Figures(
                ended == 0 ? 0 : all.getValueAtPercentile(99) / 1e6, wanted == 0 ? 0 : (double) failed / wanted);
    }

    /** Seconds; and a share from 0 to 1. Zero without calls. */
    record Figures(double p99, double errorRatio) {}
}
