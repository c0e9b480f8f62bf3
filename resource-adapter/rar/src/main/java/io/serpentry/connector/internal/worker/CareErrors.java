// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** The exceptions of placement and care. */
final class CareErrors {

    private CareErrors() {}

    static PythonException inUse(Placement.Required required) {
        return of(
                ErrorCode.WORKERS_EXHAUSTED,
                required.workerId(),
                "worker " + required.workerId() + " was required and did not become idle within "
                        + required.limit().toMillis() + " ms; wait longer, or only prefer it");
    }

    static PythonException kept(WorkerIdentity worker, Duration limit) {
        return of(
                ErrorCode.WORKERS_EXHAUSTED,
                worker.id(),
                "worker " + worker
                        + " was the only one to be had, and was not free within " + limit.toMillis()
                        + " ms: most likely the transaction before still runs its hooks there, or else it does not answer a"
                        + " check. Make the pool larger, the hooks shorter, or the blocking timeout longer");
    }

    static PythonException notThere(String worker) {
        return of(
                ErrorCode.WORKERS_EXHAUSTED,
                worker,
                "worker " + worker + " was required, but it is cordoned or does not live; only prefer it, or choose"
                        + " another");
    }

    static PythonException bound(WorkerIdentity bound, String wanted) {
        return of(
                ErrorCode.ILLEGAL_STATE,
                wanted,
                "worker " + wanted + " was required, but this transaction is bound to worker " + bound
                        + " by its first call");
    }

    static PythonException interrupted(Placement.Required required) {
        return interrupted(required.workerId(), "while it waited for worker " + required.workerId());
    }

    static PythonException interrupted(String worker, String when) {
        return of(ErrorCode.CALL_INTERRUPTED, worker, "the thread was interrupted " + when);
    }

    static PythonException notFound(String worker, String pool) {
        return of(ErrorCode.NOT_FOUND, worker, "no worker " + worker + " lives in pool " + pool);
    }

    static PythonException tooManyCordoned(String worker, String pool, int spare) {
        return of(
                ErrorCode.ILLEGAL_STATE,
                worker,
                "pool " + pool + " may have " + spare + " workers cordoned at a time (spareWorkers), so worker "
                        + worker + " can not be; uncordon, drain or recycle another first");
    }

    static PythonException notSeen(String worker, IOException cause) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.CALL_TIMEOUT,
                        "worker " + worker + " does not tell what it does (" + cause.getMessage()
                                + "); most likely native code holds the interpreter there")
                .context(Map.of("worker", worker))
                .retryable(true)
                .cause(cause));
    }

    static PythonException leaving(String worker) {
        return of(
                ErrorCode.ILLEGAL_STATE,
                worker,
                "worker " + worker + " is being drained or recycled, which can not be taken back");
    }

    private static PythonException of(ErrorCode code, String worker, String message) {
        return PythonException.of(ErrorDetail.of(code, message)
                .context(Map.of("worker", worker))
                .retryable(code == ErrorCode.WORKERS_EXHAUSTED || code == ErrorCode.CALL_INTERRUPTED));
    }
}
