// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How long each of many operations took, in nanoseconds, in ascending order.
 *
 * @param length of the time in which they were done
 */
record Latencies(long[] nanos, Duration length) {

    Latencies {
        Arrays.sort(nanos);
    }

    /** Of turns that followed each other. */
    static Latencies of(List<Latencies> turns) {
        return together(turns, turns.stream().map(Latencies::length).reduce(Duration.ZERO, Duration::plus));
    }

    /** Of threads that worked at the same time. */
    static Latencies together(List<Latencies> parts, Duration length) {
        return new Latencies(
                parts.stream().flatMapToLong(part -> Arrays.stream(part.nanos)).toArray(), length);
    }

    /** In microseconds: what that share of them did not exceed. */
    double micros(double share) {
        return nanos[(int) (share * (nanos.length - 1))] / 1e3;
    }

    double median() {
        return micros(0.5);
    }

    double perSecond() {
        return nanos.length * 1e9 / length.toNanos();
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
