// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.care;

import io.serpentry.admin.audit.Acts;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.audit.AuditNote;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.session.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The care of {@link PythonPool}, for workers of all pools, with a note of each act in the audit. Any thread may use it; nothing waits.
 * Who names a worker that does not live gets NOT_FOUND.
 */
@ApplicationScoped
public class Care {

    @Inject
    PythonPools pools;

    @Inject
    Acts acts;

    private record Found(PythonPool pool, WorkerStatus worker) {}

    /** As {@link PythonPool#cordon}; the worker thereafter. */
    public WorkerStatus cordon(Caller caller, String worker) {
        return changed(caller, "cordon", worker, PythonPool::cordon);
    }

    /** As {@link PythonPool#uncordon}; the worker thereafter. */
    public WorkerStatus uncordon(Caller caller, String worker) {
        return changed(caller, "uncordon", worker, PythonPool::uncordon);
    }

    private WorkerStatus changed(Caller caller, String action, String worker, BiConsumer<PythonPool, String> change) {
        Found found = require(worker);
        change.accept(found.pool(), worker);
        WorkerStatus after = require(worker).worker();
        acts.note(AuditNote.of(caller, action, "worker " + worker).change(standing(found.worker()), standing(after)));
        return after;
    }

    private static String standing(WorkerStatus worker) {
        return worker.cordoned() ? "cordoned" : "serving";
    }

    /** As {@link PythonPool#recycle}; the worker before it. */
    public WorkerStatus recycle(Caller caller, String worker) {
        Found found = require(worker);
        found.pool().recycle(worker);
        acts.note(AuditNote.of(caller, "recycle", "worker " + worker)
                .detail("pid " + found.worker().pid()));
        return found.worker();
    }

    /** Recycles every worker of a pool; which ones. They are replaced as many at a time as the pool has spare places. */
    public List<String> reload(Caller caller, String pool) {
        PythonPool reloaded = pools.find(pool).orElseThrow(() -> Refusal.noSuchPool(pool, pools));
        List<String> replaced = new ArrayList<>();
        try {
            for (WorkerStatus worker : reloaded.workers()) {
                if (isRecycled(reloaded, worker.id())) {
                    replaced.add(worker.id());
                }
            }
        } finally {
            // If it fails on the way, those before are replaced all the same.
            acts.note(AuditNote.of(caller, "reload", "pool " + pool).detail(String.join(", ", replaced)));
        }
        return replaced;
    }

    /** False if it has ended by itself meanwhile. */
    private static boolean isRecycled(PythonPool pool, String worker) {
        try {
            pool.recycle(worker);
            return true;
        } catch (PythonException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** The pool that a worker belongs to. */
    public PythonPool poolOf(String worker) {
        return require(worker).pool();
    }

    private Found require(String worker) {
        return pools.list().stream()
                .flatMap(pool -> find(pool, worker).stream())
                .findFirst()
                .orElseThrow(() -> Refusal.noSuchWorker(worker));
    }

    private static Optional<Found> find(PythonPool pool, String worker) {
        return pool.workers().stream()
                .filter(status -> status.id().equals(worker))
                .findFirst()
                .map(status -> new Found(pool, status));
    }
}
