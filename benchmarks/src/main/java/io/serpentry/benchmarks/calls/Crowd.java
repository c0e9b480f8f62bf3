// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.calls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntPredicate;

/**
 * Many callers at once, each on a thread of its own.
 *
 * @param micros of all calls that succeeded, sorted
 */
record Crowd(long[] micros, List<Throwable> errors, Duration took) {

    /** What one caller does again and again; called with the caller's number. */
    @FunctionalInterface
    interface Habit {
        void once(int caller) throws Exception;
    }

    private record Account(List<Long> micros, List<Throwable> errors) {}

    static Crowd of(int callers, Duration length, Habit habit) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        return of(callers, done -> System.nanoTime() < end, habit);
    }

    /** Each caller makes so many calls. */
    static Crowd of(int callers, int calls, Habit habit) throws InterruptedException {
        return of(callers, (int done) -> done < calls, habit);
    }

    private static Crowd of(int callers, IntPredicate goesOn, Habit habit) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Account>> accounts = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                int number = caller;
                accounts.add(threads.submit(() -> {
                    start.await();
                    return account(number, goesOn, habit);
                }));
            }
            long begun = System.nanoTime();
            start.countDown();
            return sum(accounts, begun);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Account account(int caller, IntPredicate goesOn, Habit habit) {
        Account account = new Account(new ArrayList<>(), new ArrayList<>());
        for (int done = 0; goesOn.test(done); done++) {
            long before = System.nanoTime();
            try {
                habit.once(caller);
                account.micros().add((System.nanoTime() - before) / 1000);
            } catch (Exception e) {
                account.errors().add(e);
            }
        }
        return account;
    }

    private static Crowd sum(List<Future<Account>> accounts, long begun) throws InterruptedException {
        List<Long> micros = new ArrayList<>();
        List<Throwable> errors = new ArrayList<>();
        for (Future<Account> account : accounts) {
            try {
                micros.addAll(account.get().micros());
                errors.addAll(account.get().errors());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        long[] sorted = micros.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Crowd(sorted, errors, took);
    }

    double perSecond() {
        return micros.length * 1e9 / took.toNanos();
    }

    /** @param share 0.5 for the median */
    double millis(double share) {
        return micros.length == 0 ? Double.NaN : micros[(int) (share * (micros.length - 1))] / 1000.0;
    }
}
