// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.serpentry.session.execution.SessionTraffic.CacheCount;
import org.jspecify.annotations.Nullable;

/**
 * Contents of entries by their SHA-256, up to a number of bytes. What is in it never changes, so whatever happens to a session, it can
 * not be wrong; who may see a content is decided before it is asked. Safe for use by any number of threads.
 */
final class ContentCache {

    private final Cache<String, byte[]> contents;

    ContentCache(long maxBytes) {
        contents = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((String digest, byte[] content) -> digest.length() + content.length)
                .recordStats()
                .build();
    }

    /** Null also for a content that was kept and has left since, be it at once. */
    byte @Nullable [] find(String sha256) {
        return contents.getIfPresent(sha256);
    }

    /** The bytes are not copied. */
    void keep(String sha256, byte[] content) {
        contents.put(sha256, content);
    }

    /** How often a content was found, and how often not. */
    CacheCount count() {
        CacheStats stats = contents.stats();
        return new CacheCount(stats.hitCount(), stats.missCount());
    }

    /** What it holds, digests included. */
    long bytes() {
        contents.cleanUp();
        return contents.policy()
                .eviction()
                .map(Policy.Eviction::weightedSize)
                .orElseThrow()
                .orElseThrow();
    }
}
