// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Short, bounded waits that an interrupt must not cut, because what is waited for is the end of a process. */
final class Uninterruptibly {

    private Uninterruptibly() {}

    /**
     * The value of a future that never fails, or null if it has not come within that time. An interrupt is kept for the
     * caller.
     */
    static <T> @Nullable T get(CompletableFuture<T> future, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    return null;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("this future never fails", e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
