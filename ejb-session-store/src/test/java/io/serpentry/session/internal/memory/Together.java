// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** Threads that do something at the same moment. */
final class Together {

    private Together() {}

    /** What each thread, numbered from 0, made of it; throws if one of them has thrown. */
    static <T> List<T> run(int threads, IntFunction<T> work) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        AtomicInteger arrivals = new AtomicInteger();
        try {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                running.add(executor.submit(() -> {
                    arrive(arrivals, threads);
                    return work.apply(number);
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> one : running) {
                results.add(one.get());
            }
            return results;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            executor.shutdownNow();
        }
    }

    /** How many of the threads it was true for, in each of many rounds that they all begin at the same moment. */
    static List<Integer> winners(int threads, int rounds, IntFunction<IntPredicate> contest) {
        AtomicInteger arrivals = new AtomicInteger();
        List<AtomicInteger> winners = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            winners.add(new AtomicInteger());
        }
        run(threads, thread -> {
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
