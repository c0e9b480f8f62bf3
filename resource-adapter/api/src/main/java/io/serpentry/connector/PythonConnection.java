// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/**
 * A connection to one Python worker: a light handle that is taken from a {@link PythonConnectionFactory}, used and closed by
 * one thread at a time.
 *
 * <p>An open connection keeps its worker reserved. The container invalidates the handle when the transaction or the
 * component that took it ends; each method but {@link #close()} then throws {@link ConnectionStateException}.
 */
public interface PythonConnection extends AutoCloseable {

    /**
     * Begins a call. Nothing is sent before the call is completed by one of the {@code returning} methods.
     *
     * @param function the name under which Python registered the function, {@code "module.function"}, 1 to 255 characters
     * @throws InvalidArgumentException if the name has another form
     * @throws ConnectionStateException if this handle is closed
     */
    PythonCall call(String function);

    /**
     * The worker that serves this connection now. In a transaction it is settled by the first call; until then another
     * request of the transaction may move it, see {@link Placement}.
     *
     * @throws ConnectionStateException if this handle is closed
     */
    WorkerIdentity worker();

    /** Gives the worker back to the pool. Never waits; closing twice does nothing. */
    @Override
    void close();
}
