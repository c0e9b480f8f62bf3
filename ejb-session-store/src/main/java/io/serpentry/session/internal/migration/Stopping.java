// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Whether the server stops; whoever waits for something else is woken by it. Safe for use by any number of threads. */
class Stopping {

    private final CountDownLatch latch = new CountDownLatch(1);

    void stop() {
        latch.countDown();
    }

    boolean isStopping() {
        return latch.getCount() == 0;
    }

    /** Waits for that time, or until the server stops, or the thread is interrupted: then also true, and the flag is set. */
    boolean await(Duration limit) {
        try {
            return latch.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
