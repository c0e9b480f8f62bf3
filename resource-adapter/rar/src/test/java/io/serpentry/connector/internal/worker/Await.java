// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another process does, of which nothing in this one is told. */
public final class Await {

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Await() {}

    /** Returns as soon as the condition holds; fails with {@code what} after fifteen seconds. */
    public static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within 15 s: " + what);
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
