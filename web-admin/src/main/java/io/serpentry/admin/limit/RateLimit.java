// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import java.time.Duration;

/**
 * A token bucket for each user and address. Safe for any number of threads; nobody waits. Of more than 10,000 buckets those not used
 * lately are forgotten, and full when they are used again.
 */
final class RateLimit {

    private static final int BUCKETS = 10_000;

    /** Who sends requests, and from where. */
    record Sender(String principal, String address) {}

    private final Cache<Sender, Bucket> buckets;
    private final long perSecond;
    private final long burst;

    /**
     * @param perSecond how many tokens come back in a second; 1 or more
     * @param burst how many a bucket holds; 1 or more
     */
    RateLimit(long perSecond, long burst) {
        this.perSecond = perSecond;
        this.burst = burst;
        Duration untilFull = Duration.ofSeconds(burst / perSecond + 1);
        this.buckets = Caffeine.newBuilder()
                .maximumSize(BUCKETS)
                .expireAfterAccess(untilFull)
                .build();
    }

    /** Zero if the request may be served; else how long until another may be, rounded up to seconds. */
    Duration take(Sender sender) {
        long nanos = buckets.get(sender, key -> bucket())
                .tryConsumeAndReturnRemaining(1)
                .getNanosToWaitForRefill();
        return Duration.ofSeconds(
                nanos == 0 ? 0 : Math.max(1, Duration.ofNanos(nanos - 1).toSeconds() + 1));
    }

    private Bucket bucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .build();
    }
}
