// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Measures contestants against each other with one payload. All are warmed up first; then each has its turn in every round,
 * each round beginning with another one, so that whatever disturbs the machine disturbs all of them.
 */
final class Contest {

    /** How long to measure. */
    record Budget(int rounds, Duration warmUp, Duration turn) {}

    private static final int FEWEST_EXCHANGES = 5;
    private static final int MOST_EXCHANGES = 200_000;

    private final Payload payload;
    private final List<Contestant> contestants;
    private final Budget budget;
    private final long[] nanos = new long[MOST_EXCHANGES];

    Contest(Payload payload, List<Contestant> contestants, Budget budget) {
        this.payload = payload;
        this.contestants = contestants;
        this.budget = budget;
    }

    /** Holds all contests to the end; an exception of a contestant ends it. */
    Outcome hold() throws Exception {
        List<Echo> echoes = new ArrayList<>();
        try {
            for (Contestant contestant : contestants) {
                echoes.add(opened(contestant));
            }
            for (Echo echo : echoes) {
                turn(echo, budget.warmUp());
            }
            return rounds(echoes);
        } finally {
            for (Echo echo : echoes) {
                echo.close();
            }
        }
    }

    private Echo opened(Contestant contestant) throws Exception {
        Echo echo = contestant.opener().open(payload);
        if (!payload.isEchoedBy(echo.exchange())) {
            echo.close();
            throw new IllegalStateException(contestant.name() + " does not give back " + payload.label());
        }
        return echo;
    }

    private Outcome rounds(List<Echo> echoes) throws Exception {
        double[][] micros = new double[echoes.size()][budget.rounds()];
        for (int round = 0; round < budget.rounds(); round++) {
            for (int i = 0; i < echoes.size(); i++) {
                int next = (round + i) % echoes.size();
                micros[next][round] = turn(echoes.get(next), budget.turn());
            }
        }
        return new Outcome(contestants, micros);
    }

    /** The median of one turn in microseconds. */
    private double turn(Echo echo, Duration length) throws Exception {
        int count = 0;
        long before = System.nanoTime();
        long end = before + length.toNanos();
        while ((before < end || count < FEWEST_EXCHANGES) && count < MOST_EXCHANGES) {
            echo.exchange();
            long after = System.nanoTime();
            nanos[count++] = after - before;
            before = after;
        }
        Arrays.sort(nanos, 0, count);
        return nanos[count / 2] / 1000.0;
    }

    /** The medians of all turns, by contestant and round. */
    record Outcome(List<Contestant> contestants, double[][] micros) {

        /** The median of the rounds, in microseconds. */
        double median(String name) {
            return median(micros[indexOf(name)]);
        }

        /** The least of the rounds, in microseconds. */
        double best(String name) {
            return Arrays.stream(micros[indexOf(name)]).min().orElseThrow();
        }

        /** The median over the rounds of the quotient within a round. */
        double ratio(String name, String base) {
            double[] above = micros[indexOf(name)];
            double[] below = micros[indexOf(base)];
            return median(IntStream.range(0, above.length)
                    .mapToDouble(round -> above[round] / below[round])
                    .toArray());
        }

        private int indexOf(String name) {
            return IntStream.range(0, contestants.size())
                    .filter(i -> contestants.get(i).name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        static double median(double[] values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return sorted[sorted.length / 2];
        }
    }
}
