// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonCall;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerIdentity;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the application holds. It leads to a managed connection until it is closed, or the container cleans that connection
 * up.
 */
final class PythonConnectionHandle implements PythonConnection {

    private final AtomicReference<@Nullable PythonManagedConnection> target;

    PythonConnectionHandle(PythonManagedConnection target) {
        this.target = new AtomicReference<>(target);
    }

    @Override
    public PythonCall call(String function) {
        open();
        return new CallBuilder(this, function);
    }

    @Nullable
    Object send(CallRequest request) {
        return open().call(request);
    }

    @Override
    public WorkerIdentity worker() {
        return open().worker();
    }

    void require(Placement.Required required) {
        open().require(required);
    }

    @Override
    public void close() {
        PythonManagedConnection connection = target.getAndSet(null);
        if (connection != null) {
            connection.handleClosed(this);
        }
    }

    void invalidate() {
        target.set(null);
    }

    void moveTo(PythonManagedConnection connection) {
        PythonManagedConnection before = target.getAndSet(connection);
        if (before != null) {
            before.dissociate(this);
        }
    }

    private PythonManagedConnection open() {
        PythonManagedConnection connection = target.get();
        if (connection == null) {
            throw PythonException.of(ErrorDetail.of(
                    ErrorCode.ILLEGAL_STATE,
                    "this connection is closed: by close(), at the end of its transaction or component, or because its"
                            + " worker was lost"));
        }
        return connection;
    }
}
