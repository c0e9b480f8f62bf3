// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** Threads that begin at the same moment. */
public final class Together {

    private static final long SECONDS = 60;

    private Together() {}

    /** What each thread, numbered from 0, has made of it; fails if one of them throws, or has not ended after a minute. */
    public static <T> List<T> run(int threads, IntFunction<T> work) {
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                running.add(executor.submit(() -> {
                    start.await(SECONDS, TimeUnit.SECONDS);
                    return work.apply(number);
                }));
            }
            return results(running);
        } finally {
            executor.shutdownNow();
        }
    }

    private static <T> List<T> results(List<Future<T>> running) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        List<T> results = new ArrayList<>();
        try {
            for (Future<T> one : running) {
                results.add(one.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
            }
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError("A thread has failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("Not all threads have ended after " + SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
