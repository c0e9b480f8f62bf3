// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import jakarta.resource.Referenceable;
import java.io.Serializable;

/**
 * Gives connections to the Python workers of one pool. Looked up or injected:
 *
 * <pre>{@code
 * @Resource(lookup = "java:/eis/Python")
 * PythonConnectionFactory python;
 * }</pre>
 *
 * <p>Safe for use by any number of threads.
 */
public interface PythonConnectionFactory extends Serializable, Referenceable {

    /**
     * Takes a connection out of the pool. Inside a JTA transaction every connection taken by it leads to the same worker;
     * without a transaction each connection has a worker of its own until it is closed.
     *
     * <p>Waits for at most the pool's blocking timeout when all workers are in use. An interrupt ends the wait; the
     * thread's interrupt flag is then set again.
     *
     * @return an open connection that the caller must close
     * @throws WorkersExhaustedException if no worker became free within the blocking timeout
     * @throws WorkerStartException if a worker had to be started and could not be; holds the cause and what Python wrote
     * @throws CallInterruptedException if the thread was interrupted before or during the wait
     * @throws ConnectionStateException if the pool is shut down
     */
    PythonConnection getConnection();

    /**
     * Takes a connection to the worker that the placement asks for, otherwise as {@link #getConnection()}. In a transaction
     * the first call binds the worker: until then each request may still move all connections of the transaction to another
     * worker, afterwards a soft placement is ignored.
     *
     * @throws WorkersExhaustedException also if {@link Placement#require} was asked for and that worker does not exist, is
     *     cordoned, or was in use for as long as the caller would wait
     * @throws ConnectionStateException also if {@link Placement#require} names another worker than the one that this
     *     transaction is bound to
     */
    PythonConnection getConnection(Placement placement);

    /** The pool behind this factory. */
    PythonPool pool();
}
