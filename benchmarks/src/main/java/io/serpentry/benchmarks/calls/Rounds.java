// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.calls;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two deeds or more in turns, each round beginning with another one, so that whatever disturbs the machine disturbs all of them. For one
 * thread.
 *
 * @param micros the medians of all turns, by deed and round
 */
record Rounds(List<Deed> deeds, double[][] micros) {

    private static final int FEWEST = 5;
    private static final int MOST = 100_000;

    /** How long to measure. */
    record Budget(int rounds, Duration warmUp, Duration turn) {
        static final Budget FULL = new Budget(31, Duration.ofMillis(1500), Duration.ofMillis(60));
        static final Budget QUICK = new Budget(7, Duration.ofMillis(500), Duration.ofMillis(40));
    }

    static Rounds of(Budget budget, Deed... deeds) throws Exception {
        long[] nanos = new long[MOST];
        for (Deed deed : deeds) {
            turn(deed, budget.warmUp(), nanos);
        }
        double[][] micros = new double[deeds.length][budget.rounds()];
        for (int round = 0; round < budget.rounds(); round++) {
            for (int i = 0; i < deeds.length; i++) {
                int next = (round + i) % deeds.length;
                micros[next][round] = turn(deeds[next], budget.turn(), nanos);
            }
        }
        return new Rounds(List.of(deeds), micros);
    }

    /** The median of one turn in microseconds. */
    private static double turn(Deed deed, Duration length, long[] nanos) throws Exception {
        int count = 0;
        long end = System.nanoTime() + length.toNanos();
        while ((System.nanoTime() < end || count < FEWEST) && count < MOST) {
            deed.prepare().run();
            long before = System.nanoTime();
            deed.step().run();
            nanos[count++] = System.nanoTime() - before;
        }
        Arrays.sort(nanos, 0, count);
        return nanos[count / 2] / 1000.0;
    }

    /** The median of a deed's rounds, in microseconds. */
    double median(int deed) {
        return median(micros[deed]);
    }

    /** The median over the rounds of the quotient within a round. */
    double ratio(int deed, int base) {
        return median(IntStream.range(0, micros[deed].length)
                .mapToDouble(round -> micros[deed][round] / micros[base][round])
                .toArray());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
