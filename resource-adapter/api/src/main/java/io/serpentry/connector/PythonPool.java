// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A named pool of Python workers: to look at, and to take care of single workers. What is looked at is a snapshot. Safe for
 * use by any number of threads.
 *
 * <p>Care replaces a worker beneath the connection that the container pools: a new worker is started first, then the two
 * change places while nobody uses the connection, so never inside a transaction. For that, up to {@code spareWorkers} more
 * than the pool's maximum run meanwhile. Where a new worker can not be started, the old one goes on serving, and {@link
 * #health()} says why.
 */
public interface PythonPool {

    /** The pool's name, unique in the server; {@code default} unless configured. */
    String name();

    PoolStatistics statistics();

    PoolHealth health();

    /** The workers that live, oldest first. */
    List<WorkerStatus> workers();

    /** The effective settings, by the name of the configuration property; secrets are not among them. */
    Map<String, String> settings();

    /** How long a call may take for which neither the caller nor the function says it. */
    Duration callTimeout();

    /**
     * The factory whose connections this pool serves.
     *
     * @throws ConnectionStateException if the container has not made one yet
     */
    PythonConnectionFactory connectionFactory();

    // ---- functions

    /** The functions that the newest worker has registered, in its order; empty before the first worker has started. */
    List<FunctionInfo> functions();

    /** The function of that name ({@code module.function}); empty if the newest worker has none, or there was no worker yet. */
    Optional<FunctionInfo> function(String name);

    // ---- care

    /**
     * Gives no new request to a worker; a transaction that is bound to it goes on. Another worker takes its place as soon as
     * it is idle; it stays alive and keeps what it has cached. Does nothing if it is cordoned already. Does not wait.
     *
     * @throws PythonException NOT_FOUND if no such worker lives; ILLEGAL_STATE if {@code spareWorkers} are cordoned already
     */
    void cordon(String workerId);

    /**
     * Takes a cordon back. If another worker has taken its place, the youngest one makes room for it. Does nothing if it is
     * not cordoned. Does not wait.
     *
     * @throws PythonException NOT_FOUND if no such worker lives; ILLEGAL_STATE if it is being drained or recycled
     */
    void uncordon(String workerId);

    /**
     * Gives no new request to a worker, lets its current work finish, and ends it. This can not be taken back.
     *
     * @param limit how long to wait for its end; zero: not at all
     * @return whether it has ended; if not, that goes on by itself and nothing is cut short
     * @throws PythonException NOT_FOUND if no such worker lives; CALL_INTERRUPTED if the thread is interrupted while it waits
     */
    boolean drain(String workerId, Duration limit);

    /**
     * Waits until nobody uses a worker: no call runs there, no transaction is bound to it, no connection that leads there is
     * taken. That it stays so is sure only for one that is cordoned.
     *
     * @param limit how long to wait at most; zero: not at all. An interrupt ends the wait, and its flag stays set
     * @return who uses it when the wait is over; empty if nobody does
     * @throws PythonException NOT_FOUND if no such worker lives when the wait begins
     */
    List<WorkerHolder> awaitUnused(String workerId, Duration limit);

    /**
     * Replaces a worker: it goes on serving until the one that takes its place is ready, then it is ended. Does not wait. If
     * it is cordoned it stays so.
     *
     * @throws PythonException NOT_FOUND if no such worker lives
     */
    void recycle(String workerId);

    /**
     * What each thread of a worker executes at this moment, as Python writes stacks, with the names of the threads and
     * whether they are in a call; up to 48 KiB. The worker goes on meanwhile.
     *
     * @throws PythonException NOT_FOUND if no such worker lives; CALL_TIMEOUT if it does not answer within two seconds, most
     *     likely because native code holds the interpreter; CALL_INTERRUPTED if the thread is interrupted
     */
    String stacks(String workerId);

    /**
     * Where a worker's calls are, looked at every 10 ms: a line {@code outer;inner count} for each stack, the most frequent
     * first, as tools for flame graphs read it; up to 48 KiB, empty if no call ran. A call that waits counts like one that
     * computes. Waits for that time, while the worker goes on.
     *
     * @param duration from 0.1 seconds to a minute
     * @throws PythonException INVALID_ARGUMENT if it is not; otherwise as {@link #stacks}
     */
    String profile(String workerId, Duration duration);
}
