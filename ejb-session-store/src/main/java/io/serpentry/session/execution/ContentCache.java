// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
                .build();
    }

    byte @Nullable [] find(String sha256) {
        return contents.getIfPresent(sha256);
    }

    /** The bytes are not copied. */
    void keep(String sha256, byte[] content) {
        contents.put(sha256, content);
    }
}
