// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import io.serpentry.connector.PythonException;
import io.serpentry.session.Caller;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Moves warm sessions between workers and says what it did. What moves is where a session's calls go and the copy of its contents in the
 * worker's cache; the session itself is in the store all the while, so a call in a session that is being moved is served as any other.
 *
 * <p>Each migration is done by the server on which it was started, in the background; every server of the database sees it and can steer it.
 * Whatever happens, it ends: when its server stops or dies, it is rolled back, at the latest two minutes later.
 *
 * <p>Each method may throw STORE_UNAVAILABLE. Safe for use by any number of threads.
 */
public interface Migrations {

    /** How many migrations or receipts a page has at most. */
    int PAGE = 501;

    /**
     * What a migration would do if it was started now. Nothing is changed or kept.
     *
     * @throws PythonException INVALID_ARGUMENT if the request names a pool that there is not, or lacks what its kind needs; NOT_FOUND if it
     *     names a session or worker that does not live; ILLEGAL_STATE if a worker that sessions are to go to takes none, or a session is not
     *     where it says
     */
    MigrationPlan plan(MigrationRequest request);

    /**
     * Begins a migration.
     *
     * @param plan the id of the plan that it must be; null for whatever it is now
     * @throws PythonException as {@link #plan}; ILLEGAL_STATE if another migration of the pool is under way on this server, or if the plan
     *     would be another one now
     */
    Migration start(Caller caller, MigrationRequest request, @Nullable String plan);

    /**
     * Begins one that is PLANNED, if its plan would be the same now.
     *
     * @throws PythonException NOT_FOUND; ILLEGAL_STATE if it is in another state, was planned on another server, or the sessions are placed
     *     otherwise by now
     */
    Migration start(Caller caller, String id);

    Optional<Migration> find(String id);

    /**
     * Migrations, the newest first.
     *
     * @param after the id of the last one of the page before; null for the first page
     * @param limit 1 to {@link #PAGE}
     */
    List<Migration> list(@Nullable String after, int limit);

    /**
     * The receipts of a migration in the order of its plan.
     *
     * @param from the number of the first
     * @param limit 1 to {@link #PAGE}
     * @throws PythonException NOT_FOUND
     */
    List<MoveReceipt> receipts(String id, int from, int limit);

    /**
     * RUNNING → PAUSED: the batch under way is finished.
     *
     * @throws PythonException NOT_FOUND; ILLEGAL_STATE if it is in another state
     */
    Migration pause(Caller caller, String id);

    /**
     * PAUSED → RUNNING.
     *
     * @throws PythonException NOT_FOUND; ILLEGAL_STATE if it is in another state
     */
    Migration resume(Caller caller, String id);

    /**
     * Ends one that has not ended: what was moved is placed as before, and one that is PLANNED is not done.
     *
     * @param reason up to {@link MigrationRequest#REASON} characters, may be empty
     * @throws PythonException NOT_FOUND; ILLEGAL_STATE if it has ended or is being rolled back
     */
    Migration cancel(Caller caller, String id, String reason);

    /**
     * Takes back one that is DONE, as long as it is kept, on the server that did it: sessions that are still where it has placed them are
     * placed as before, as far as their workers live.
     *
     * @param reason up to {@link MigrationRequest#REASON} characters, may be empty
     * @throws PythonException NOT_FOUND; ILLEGAL_STATE if it is in another state, or was done by another server or before its last start
     */
    Migration rollback(Caller caller, String id, String reason);

    MigrationStatistics statistics();

    /** Whether this server is drained or being drained: load balancers should send it nothing. */
    boolean isDraining();
}
