// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import java.time.Duration;

/**
 * How long after an access that was written others need not be: what is configured, but at most a twentieth of the session's
 * idle timeout. Safe for use by any number of threads.
 */
public final class TouchInterval {

    /** Of the idle timeout. */
    public static final int FRACTION = 20;

    private volatile Duration configured = Duration.ZERO;

    /** Until it is called every access is written. */
    public void configure(Duration interval) {
        configured = interval;
    }

    Duration of(Duration idleTimeout) {
        return of(configured, idleTimeout);
    }

    public static Duration of(Duration configured, Duration idleTimeout) {
        return Duration.ofMillis(Math.min(configured.toMillis(), idleTimeout.toMillis() / FRACTION));
    }
}
