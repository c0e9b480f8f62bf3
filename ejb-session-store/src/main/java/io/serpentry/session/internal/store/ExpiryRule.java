// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import io.serpentry.session.execution.TouchInterval;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When sessions expire.
 *
 * <pre>
 * last access written        idle timeout over        expires_at
 *      |------ idle timeout -------|-- interval --|- bucket -|
 * </pre>
 *
 * An access within {@code interval} after a written one is not written, so that much is added; the sum is rounded up to a
 * bucket, so that the indexed column seldom moves. A session is therefore never expired before its idle timeout is over, and at
 * most interval + bucket after it. Each is at most a twentieth of the idle timeout and a minute, so the two are at most a tenth and two
 * minutes. The lifetime is exact.
 */
public record ExpiryRule(Duration touchInterval) {

    /** A twentieth of the idle timeout bounds both the interval and the bucket. */
    public static final int FRACTION = TouchInterval.FRACTION;

    public static final long BUCKET_MILLIS = 60_000;

    /** How long after a written access others need not be written. */
    public Duration interval(Duration idleTimeout) {
        return TouchInterval.of(touchInterval, idleTimeout);
    }

    /**
     * @param lifetimeEndsAt null for never
     * @param atLeast the session is to live until then, if its lifetime allows
     */
    public Instant expiresAt(
            Instant lastAccess, Duration idleTimeout, @Nullable Instant lifetimeEndsAt, Instant atLeast) {
        long idle = idleTimeout.toMillis();
        long bucket = Math.max(1, Math.min(BUCKET_MILLIS, idle / FRACTION));
        long due = lastAccess.toEpochMilli() + idle + interval(idleTimeout).toMillis();
        long wanted = Math.max(due, atLeast.toEpochMilli());
        Instant rounded = Instant.ofEpochMilli((wanted + bucket - 1) / bucket * bucket);
        return lifetimeEndsAt != null && lifetimeEndsAt.isBefore(rounded) ? lifetimeEndsAt : rounded;
    }

    /** Whether an access at {@code now} has to be written. */
    public boolean isDue(Instant now, Instant lastAccess, Duration idleTimeout, Instant expiresAt, Instant atLeast) {
        Duration interval = interval(idleTimeout);
        return atLeast.isAfter(expiresAt)
                || interval.isZero()
                || !lastAccess.plus(interval).isAfter(now);
    }
}
