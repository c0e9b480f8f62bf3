// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Measures contestants against each other. All are warmed up first; then each has its turn in every round, each round beginning
 * with another one, so that whatever disturbs the machine disturbs all of them.
 */
final class SessionContest {

    /** How long to measure. */
    record Budget(int rounds, Duration warmUp, Duration turn) {}

    private final Crew crew;
    private final Budget budget;

    SessionContest(Crew crew, Budget budget) {
        this.crew = crew;
        this.budget = budget;
    }

    Outcome hold(List<Crew.Work> contestants) throws Exception {
        for (Crew.Work contestant : contestants) {
            crew.work(budget.warmUp(), contestant);
        }
        List<List<Latencies>> turns = new ArrayList<>();
        contestants.forEach(contestant -> turns.add(new ArrayList<>()));
        for (int round = 0; round < budget.rounds(); round++) {
            for (int i = 0; i < contestants.size(); i++) {
                int next = (round + i) % contestants.size();
                turns.get(next).add(crew.work(budget.turn(), contestants.get(next)));
            }
        }
        return new Outcome(turns);
    }

    /** The turns by contestant and round. */
    record Outcome(List<List<Latencies>> turns) {

        /** The median of the rounds' medians, in microseconds. */
        double median(int contestant) {
            return Latencies.median(medians(contestant));
        }

        /** Of all rounds together, in microseconds. */
        double p99(int contestant) {
            return all(contestant).micros(0.99);
        }

        double perSecond(int contestant) {
            return all(contestant).perSecond();
        }

        private Latencies all(int contestant) {
            return Latencies.of(turns.get(contestant));
        }

        /** The median over the rounds of the quotient of two medians within a round. */
        double ratio(int above, int below) {
            return ratio(medians(above), medians(below));
        }

        /** The same of what was done per second. */
        double ratioOfRates(int above, int below) {
            return ratio(rates(above), rates(below));
        }

        private static double ratio(double[] above, double[] below) {
            return Latencies.median(IntStream.range(0, above.length)
                    .mapToDouble(round -> above[round] / below[round])
                    .toArray());
        }

        private double[] medians(int contestant) {
            return turns.get(contestant).stream().mapToDouble(Latencies::median).toArray();
        }

        private double[] rates(int contestant) {
            return turns.get(contestant).stream()
                    .mapToDouble(Latencies::perSecond)
                    .toArray();
        }
    }
}
