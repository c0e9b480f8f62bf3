// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Something that runs on another thread; in a container, one of the container's. */
public final class Background<T> {

    private final Future<T> work;

    private Background(Future<T> work) {
        this.work = work;
    }

    public static <T> Background<T> on(ExecutorService threads, Supplier<T> work) {
        return new Background<>(threads.submit(work::get));
    }

    /** On a thread of its own, so that those that wait for each other can. */
    public static <T> Background<T> of(Supplier<T> work) {
        return new Background<>(CompletableFuture.supplyAsync(work, Background::begin));
    }

    private static void begin(Runnable work) {
        Thread thread = new Thread(work, "in the background");
        thread.setDaemon(true);
        thread.start();
    }

    /** What it threw; fails if it returned, or has not ended within 30 s. */
    public Throwable failure() throws InterruptedException {
        try {
            throw new AssertionError("it returned " + work.get(30, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("still running after 30 s", e);
        }
    }

    /** What it threw; null if it returned. */
    public Throwable outcome() {
        try {
            work.get(30, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("not ended within 30 s", e);
        }
    }

    public T value() throws Exception {
        return valueWithin(30);
    }

    public T valueWithin(int seconds) throws Exception {
        return work.get(seconds, TimeUnit.SECONDS);
    }
}
