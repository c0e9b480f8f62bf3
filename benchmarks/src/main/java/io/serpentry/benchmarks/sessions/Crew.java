// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** Threads that do the same again and again, all at once. */
final class Crew implements AutoCloseable {

    private static final int FIRST_CAPACITY = 1024;

    /** What each of the threads does again and again. */
    interface Work {
        /**
         * @param thread from 0
         * @param count how often this thread has done it before in this turn
         */
        void once(int thread, int count) throws Exception;
    }

    private final int size;
    private final ExecutorService threads;

    Crew(int size) {
        this.size = size;
        this.threads = Executors.newFixedThreadPool(size);
    }

    int size() {
        return size;
    }

    /** Works for that long; what was begun is ended. An exception of the work ends it. */
    Latencies work(Duration length, Work work) throws Exception {
        long end = System.nanoTime() + length.toNanos();
        return workWhile(() -> System.nanoTime() < end, work);
    }

    /** Does it so many times altogether, the same number of times in each thread. */
    void times(int count, Work work) throws Exception {
        all(thread -> {
            for (int i = 0; i < count / size; i++) {
                work.once(thread, i);
            }
            return new long[0];
        });
    }

    /** Works as long as the condition holds; each thread at least once. */
    Latencies workWhile(BooleanSupplier condition, Work work) throws Exception {
        return all(thread -> repeated(thread, condition, work));
    }

    private interface Part {
        long[] of(int thread) throws Exception;
    }

    private Latencies all(Part part) throws Exception {
        CountDownLatch ready = new CountDownLatch(size);
        List<Future<long[]>> parts = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < size; i++) {
            int thread = i;
            parts.add(threads.submit(() -> {
                ready.countDown();
                ready.await();
                return part.of(thread);
            }));
        }
        List<Latencies> all = new ArrayList<>();
        for (Future<long[]> each : parts) {
            all.add(new Latencies(each.get(), Duration.ZERO));
        }
        return Latencies.together(all, Duration.ofNanos(System.nanoTime() - begin));
    }

    private static long[] repeated(int thread, BooleanSupplier condition, Work work) throws Exception {
        long[] nanos = new long[FIRST_CAPACITY];
        int count = 0;
        long before = System.nanoTime();
        do {
            work.once(thread, count);
            long after = System.nanoTime();
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = after - before;
            before = after;
        } while (condition.getAsBoolean());
        return Arrays.copyOf(nanos, count);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
