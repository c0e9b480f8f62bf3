// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import java.time.Duration;
import java.time.Instant;

/**
 * When sessions expire: after the last written access, the idle timeout, and the interval in which accesses need not be written,
 * rounded up to a bucket; but never after their lifetime.
 */
record ModelTimes(Duration touchInterval) {

    private static final Duration LONGEST_BUCKET = Duration.ofMinutes(1);

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private Duration interval(ModelSession session) {
        return Duration.ofMillis(
                shorter(touchInterval, session.idleTimeout.dividedBy(20)).toMillis());
    }

    private Instant expiry(ModelSession session, Instant access, Instant atLeast) {
        Instant wanted = later(access.plus(session.idleTimeout).plus(interval(session)), atLeast);
        long bucket = Math.max(
                1, shorter(LONGEST_BUCKET, session.idleTimeout.dividedBy(20)).toMillis());
        long over = wanted.toEpochMilli() % bucket;
        Instant rounded = over == 0 ? wanted : wanted.plusMillis(bucket - over);
        Duration lifetime = session.lifetime;
        if (lifetime != null && session.createdAt.plus(lifetime).isBefore(rounded)) {
            return session.createdAt.plus(lifetime);
        }
        return rounded;
    }

    void started(ModelSession session, Instant now) {
        session.lastAccessedAt = now;
        session.expiresAt = expiry(session, now, Instant.EPOCH);
    }

    /** After its idle timeout or lifetime was changed; the expiry may move backward. */
    void restarted(ModelSession session, Instant now) {
        session.lastAccessedAt = later(session.lastAccessedAt, now);
        session.expiresAt = expiry(session, session.lastAccessedAt, Instant.EPOCH);
    }

    boolean isDue(ModelSession session, Instant now, Instant atLeast) {
        return interval(session).isZero()
                || !now.isBefore(session.lastAccessedAt.plus(interval(session)))
                || atLeast.isAfter(session.expiresAt);
    }

    void touched(ModelSession session, Instant now, Instant atLeast) {
        session.lastAccessedAt = later(session.lastAccessedAt, now);
        session.expiresAt = later(session.expiresAt, expiry(session, now, atLeast));
    }

    /** Notes the access if it has to be; a store may do so in any case. */
    void saved(ModelSession session, Instant now) {
        if (isDue(session, now, Instant.EPOCH)) {
            touched(session, now, Instant.EPOCH);
        }
    }
}
