// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** Threads that begin at the same moment. */
final class Threads {

    private Threads() {}

    /** Waits for all of them; throws what the first of them has thrown. */
    static void run(int count, IntConsumer work) {
        CyclicBarrier start = new CyclicBarrier(count);
        ExecutorService executor = Executors.newFixedThreadPool(count);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                running.add(executor.submit(() -> {
                    start.await();
                    work.accept(number);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            executor.shutdownNow();
        }
    }
}
