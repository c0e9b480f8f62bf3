// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerHolder;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.placement.MigrationKind;
import io.serpentry.placement.MigrationRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The workers that a migration leaves: who still uses them, and what is done with one that is evacuated. For one thread at a time. */
final class LeftWorkers {

    private static final int RETIREMENT_SLICES = 60;
    private static final Set<ErrorCode> ENDED = Set.of(ErrorCode.NOT_FOUND);
    private static final Set<ErrorCode> ENDED_OR_ENDING = Set.of(ErrorCode.NOT_FOUND, ErrorCode.ILLEGAL_STATE);

    private final PythonPools pools;
    private final Stopping stopping;
    private final Duration slice;
    private boolean begun;
    /** What this migration has cordoned, and has to take back. */
    private @Nullable Cordon cordon;

    private record Cordon(String pool, String worker) {}

    LeftWorkers(PythonPools pools, Stopping stopping, Duration slice) {
        this.pools = pools;
        this.stopping = stopping;
        this.slice = slice;
    }

    private PythonPool pool(MigrationRequest request) {
        return pools.require(Objects.requireNonNull(request.pool()));
    }

    private static String leaving(MigrationRequest request) {
        return Objects.requireNonNull(request.from());
    }

    /** One that is evacuated gets nothing new. If somebody has cordoned it before, that stays theirs. */
    void cordon(MigrationRequest request) {
        if (begun || request.kind() != MigrationKind.EVACUATE) {
            return;
        }
        PythonPool pool = pool(request);
        String worker = leaving(request);
        boolean before = pool.workers().stream().anyMatch(found -> found.id().equals(worker) && found.cordoned());
        if (!before) {
            pool.cordon(worker);
            cordon = new Cordon(pool.name(), worker);
        }
        begun = true;
    }

    /** Takes the cordon back, if there is one. */
    void uncordon() {
        Cordon taken = cordon;
        cordon = null;
        if (taken != null) {
            pools.find(taken.pool()).ifPresent(pool -> unless(ENDED_OR_ENDING, () -> pool.uncordon(taken.worker())));
        }
    }

    private static void unless(Set<ErrorCode> passing, Runnable action) {
        try {
            action.run();
        } catch (PythonException e) {
            if (!passing.contains(e.code())) {
                throw e;
            }
        }
    }

    /** Whether nobody holds one; waits a while for it. */
    boolean areUnused(MigrationRequest request) {
        return holders(request, slice).isEmpty();
    }

    /** Waits for one worker at most, however many are held. */
    private Map<String, List<WorkerHolder>> holders(MigrationRequest request, Duration limit) {
        Map<String, List<WorkerHolder>> holders = new TreeMap<>();
        switch (request.kind()) {
            case MIGRATE, REBALANCE -> {}
            case EVACUATE -> look(pool(request), leaving(request), limit, holders);
            case DRAIN ->
                pools.list().forEach(pool -> pool.workers().stream()
                        .map(WorkerStatus::id)
                        .forEach(worker -> look(pool, worker, holders.isEmpty() ? limit : Duration.ZERO, holders)));
        }
        return holders;
    }

    /** One that has ended is held by nobody. */
    private static void look(PythonPool pool, String worker, Duration limit, Map<String, List<WorkerHolder>> holders) {
        unless(ENDED, () -> {
            List<WorkerHolder> left = pool.awaitUnused(worker, limit);
            if (!left.isEmpty()) {
                holders.put(worker, left);
            }
        });
    }

    /** Who holds which of them, for a person; empty if nobody does. */
    String held(MigrationRequest request) {
        return holders(request, Duration.ZERO).entrySet().stream()
                .map(worker -> "; worker " + worker.getKey() + " is held by "
                        + worker.getValue().stream().map(WorkerHolder::describe).collect(Collectors.joining(" and ")))
                .collect(Collectors.joining());
    }

    /** Ends the one that was evacuated, and says how far that is. */
    String retire(MigrationRequest request) {
        cordon = null;
        String worker = leaving(request);
        return ", worker " + worker + (hasEnded(pool(request), worker) ? " has ended" : " is about to end");
    }

    private boolean hasEnded(PythonPool pool, String worker) {
        try {
            for (int i = 0; i < RETIREMENT_SLICES && !stopping.isStopping(); i++) {
                if (pool.drain(worker, slice)) {
                    return true;
                }
            }
            return false;
        } catch (PythonException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
            return true;
        }
    }
}
