// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Runs something on a thread of its own and gives its outcome, an exception included. */
public final class Background<T> {

    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final Thread thread;

    private Background(Supplier<T> work) {
        thread = new Thread(() -> {
            try {
                outcome.complete(work.get());
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
        thread.start();
    }

    public static <T> Background<T> of(Supplier<T> work) {
        return new Background<>(work);
    }

    public Thread thread() {
        return thread;
    }

    /** What it threw; fails if it returned, or has not ended within 30 s. */
    public Throwable failure() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(30));
        if (!outcome.isDone()) {
            throw new AssertionError("still running after 30 s");
        }
        Throwable failure = outcome.handle((value, e) -> e).join();
        if (failure == null) {
            throw new AssertionError("it returned " + outcome.join());
        }
        return failure;
    }

    public T value() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(30));
        return outcome.join();
    }
}
