// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PoolListener;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerIdentity;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which worker served a session last and so has its contents in its cache. It is only a hint: any worker serves
 * any session, and a wrong hint costs no more than fetching the contents. Safe for use by any number of threads.
 */
public final class SessionPlacements implements PoolListener {

    private static final int REMEMBERED = 200_000;

    private final Cache<Key, String> workers = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .removalListener((@Nullable Key key, @Nullable String worker, RemovalCause cause) -> left(worker))
            .build();
    private final Map<String, Integer> loads = new ConcurrentHashMap<>();
    /** All that sessions were placed in: what there is of a session is found by its keys, without a look at all others. */
    private final Set<String> pools = ConcurrentHashMap.newKeySet();

    private volatile boolean draining;

    private record Key(String pool, String session) {}

    private void left(@Nullable String worker) {
        if (worker != null) {
            loads.computeIfPresent(worker, (id, load) -> load == 1 ? null : load - 1);
        }
    }

    /** Whether the server is about to be taken out of service: then calls go to any worker, and make no session warm. */
    public void draining(boolean is) {
        draining = is;
    }

    /**
     * The worker that has the session warm; if none has, or it is not idle, or the server is drained, the idle one with the fewest
     * sessions.
     */
    public Placement of(String pool, String session) {
        String worker = draining ? null : workers.getIfPresent(new Key(pool, session));
        return worker == null ? Placement.spread(this::load) : Placement.prefer(worker, this::load);
    }

    /**
     * The worker that has the session warm and no other.
     *
     * @param limit how long to wait until it is idle
     * @throws PythonException WORKERS_EXHAUSTED if none has
     */
    public Placement strictly(String pool, String session, Duration limit) {
        String worker = workers.getIfPresent(new Key(pool, session));
        if (worker == null) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.WORKERS_EXHAUSTED,
                            "No worker of pool " + pool + " has session " + session
                                    + " warm, so none can be required; make a call in it on any worker first")
                    .context(Map.of("pool", pool, "session", session))
                    .retryable(true));
        }
        return Placement.require(worker, limit);
    }

    /** That worker has the session warm from now on, unless the server is drained. */
    public void served(String pool, String session, String worker) {
        if (draining) {
            return;
        }
        Key key = new Key(pool, session);
        if (!worker.equals(workers.getIfPresent(key))) {
            pools.add(pool);
            workers.asMap().compute(key, (same, now) -> worker.equals(now) ? now : arrived(worker));
        }
    }

    private String arrived(String worker) {
        loads.merge(worker, 1, Integer::sum);
        return worker;
    }

    /** The worker that has the session warm; empty if none has. */
    public Optional<String> worker(String pool, String session) {
        return Optional.ofNullable(workers.getIfPresent(new Key(pool, session)));
    }

    /** The sessions that each worker of a pool has warm, by its id; those of a worker are ordered. */
    public Map<String, SortedSet<String>> sessions(String pool) {
        Map<String, SortedSet<String>> sessions = new TreeMap<>();
        workers.asMap().forEach((key, worker) -> {
            if (key.pool().equals(pool)) {
                sessions.computeIfAbsent(worker, id -> new TreeSet<>()).add(key.session());
            }
        });
        return sessions;
    }

    /**
     * Places a session anew, if it still is where it is thought to be.
     *
     * @param from null: nowhere
     * @param to null: nowhere
     * @return whether it is placed at {@code to} now
     */
    public boolean move(String pool, String session, @Nullable String from, @Nullable String to) {
        pools.add(pool);
        String now = workers.asMap().compute(new Key(pool, session), (key, is) -> {
            if (Objects.equals(is, to) || !Objects.equals(is, from)) {
                return is;
            }
            return to == null ? null : arrived(to);
        });
        return Objects.equals(now, to);
    }

    /** The session has ended. */
    public void forget(String session) {
        pools.forEach(pool -> workers.invalidate(new Key(pool, session)));
    }

    /** What it had warm is warm nowhere any more. */
    @Override
    public void workerEnded(String pool, WorkerIdentity worker, WorkerEndCause cause, String how) {
        workers.asMap().values().removeIf(worker.id()::equals);
    }

    /** How many sessions that worker has warm. */
    public int load(String worker) {
        return loads.getOrDefault(worker, 0);
    }
}
