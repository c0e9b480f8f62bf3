// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.WorkerIdentity;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * What calls in sessions have sent to the workers, and how the caches of entry contents did, since the server started. What a worker has
 * found in its cache is known when it has answered a call in a session. Safe for use by any number of threads.
 */
public final class SessionTraffic {

    /** How a cache did: what was in it, and what was not. */
    public record CacheCount(long hits, long misses) {}

    /** Contents of entries, and the bytes of them together. */
    public record Sent(long entries, long bytes) {}

    private static final class Sums {
        private final LongAdder entries = new LongAdder();
        private final LongAdder bytes = new LongAdder();
    }

    /** What a worker has told: how often it found a content since it started, and what its cache holds. */
    private record Told(long hits, long bytes) {}

    private final ContentCache contents;
    private final Map<String, Sums> sent = new ConcurrentHashMap<>();
    private final Map<WorkerIdentity, Told> workers = new ConcurrentHashMap<>();
    private final LongAdder workerHits = new LongAdder();

    SessionTraffic(ContentCache contents) {
        this.contents = contents;
    }

    void sent(String pool, int bytes) {
        Sums sums = sent.computeIfAbsent(pool, name -> new Sums());
        sums.entries.increment();
        sums.bytes.add(bytes);
    }

    /** Two threads of a worker may tell in the wrong order; then the greater number of hits is the later one. */
    void told(WorkerIdentity worker, long hits, long bytes) {
        workers.compute(worker, (id, before) -> {
            long known = before == null ? 0 : before.hits();
            if (before != null && hits < known) {
                return before;
            }
            workerHits.add(hits - known);
            return new Told(hits, bytes);
        });
    }

    /** What was sent to the workers of that pool. */
    public Sent sent(String pool) {
        Sums sums = sent.get(pool);
        return sums == null ? new Sent(0, 0) : new Sent(sums.entries.sum(), sums.bytes.sum());
    }

    /** Of all workers: a miss is a content that was sent. */
    public CacheCount workerCaches() {
        long misses =
                sent.values().stream().mapToLong(sums -> sums.entries.sum()).sum();
        return new CacheCount(workerHits.sum(), misses);
    }

    /** Of this server: a miss is a content that was read from the session store. */
    public CacheCount serverCache() {
        return contents.count();
    }

    public long serverCacheBytes() {
        return contents.bytes();
    }

    /** Forgets the caches of workers that do not live; who lives is asked once. */
    public void forgetDead(Supplier<Set<WorkerIdentity>> living) {
        // In this order: a worker that starts meanwhile is not among those that may be forgotten.
        Set<WorkerIdentity> dead = new HashSet<>(workers.keySet());
        dead.removeAll(living.get());
        workers.keySet().removeAll(dead);
    }

    /** What the workers' caches hold together, each as it was after its last call in a session. */
    public long workerCacheBytes() {
        return workers.values().stream().mapToLong(Told::bytes).sum();
    }
}
