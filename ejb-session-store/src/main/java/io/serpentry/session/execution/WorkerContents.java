// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.serpentry.connector.WorkerIdentity;

/**
 * Which contents the workers are believed to have. A wrong belief costs a round trip: a worker asks for what it lacks. Safe
 * for use by any number of threads.
 */
final class WorkerContents {

    private static final int REMEMBERED = 100_000;

    private final Cache<Held, Boolean> held =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    private record Held(String worker, long pid, String sha256) {}

    private static Held held(WorkerIdentity worker, String sha256) {
        return new Held(worker.id(), worker.pid(), sha256);
    }

    boolean has(WorkerIdentity worker, String sha256) {
        return held.getIfPresent(held(worker, sha256)) != null;
    }

    void learned(WorkerIdentity worker, String sha256) {
        held.put(held(worker, sha256), Boolean.TRUE);
    }

    /** It has not. */
    void unlearned(WorkerIdentity worker, String sha256) {
        held.invalidate(held(worker, sha256));
    }
}
