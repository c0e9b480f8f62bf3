// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.testkit.Together;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/** Threads that contend many times, and begin each time within less than a microsecond. */
final class Race {

    private Race() {}

    /** For how many threads, numbered from 0, it was true in each round. */
    static List<Integer> winners(int threads, int rounds, IntFunction<IntPredicate> contest) {
        AtomicInteger arrivals = new AtomicInteger();
        List<AtomicInteger> winners =
                Stream.generate(AtomicInteger::new).limit(rounds).toList();
        Together.run(threads, thread -> {
            for (int round = 0; round < rounds; round++) {
                arrive(arrivals, threads * (round + 1));
                if (contest.apply(round).test(thread)) {
                    winners.get(round).incrementAndGet();
                }
            }
            return null;
        });
        return winners.stream().map(AtomicInteger::get).toList();
    }

    /** Parked threads would wake one after the other, much later than each other. */
    private static void arrive(AtomicInteger arrivals, int all) {
        arrivals.incrementAndGet();
        while (arrivals.get() < all && !Thread.currentThread().isInterrupted()) {
            Thread.yield();
        }
    }
}
