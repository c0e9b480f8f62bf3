// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.CallTracer;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import java.util.Map;
import java.util.function.Supplier;
import javax.naming.Reference;
import org.jspecify.annotations.Nullable;

/** The factory that is bound in JNDI: asks the container for a connection and puts its refusals in our words. */
final class PythonConnectionFactoryHandle implements PythonConnectionFactory {

    private static final long serialVersionUID = 1L;

    private final transient PythonManagedConnectionFactory managed;
    private final transient ConnectionManager container;
    private final transient PoolView pool;
    private @Nullable Reference reference;

    PythonConnectionFactoryHandle(PythonManagedConnectionFactory managed, ConnectionManager container, PoolView pool) {
        this.managed = managed;
        this.container = container;
        this.pool = pool;
    }

    @Override
    public PythonConnection getConnection() {
        return waited(() -> allocate(PlacementRequest.ANY));
    }

    @Override
    public PythonConnection getConnection(Placement placement) {
        return waited(() -> placed(placement));
    }

    private PythonConnectionHandle placed(Placement placement) {
        PythonConnectionHandle connection = allocate(new PlacementRequest(placement));
        if (placement instanceof Placement.Required required) {
            require(connection, required);
        }
        return connection;
    }

    /** Waits outside of the container's allocation, which may hold locks. */
    private static void require(PythonConnectionHandle connection, Placement.Required required) {
        try {
            connection.require(required);
        } catch (PythonException e) {
            connection.close();
            throw e;
        }
    }

    /** Counts as somebody who waits, and tells how long it took. */
    private PythonConnection waited(Supplier<PythonConnection> action) {
        long began = pool.waitBegins();
        CallTracer.Step step = pool.tracing().begin(CallTracer.Kind.WAIT, pool.name(), pool.name());
        @Nullable ErrorCode failure = ErrorCode.INTERNAL;
        try {
            PythonConnection connection = action.get();
            failure = null;
            return connection;
        } catch (PythonException e) {
            failure = e.code();
            throw e;
        } finally {
            pool.waitEnds(began, failure);
            step.end(null, failure);
        }
    }

    private PythonConnectionHandle allocate(PlacementRequest request) {
        try {
            return (PythonConnectionHandle) container.allocateConnection(managed, request);
        } catch (ResourceException e) {
            throw translated(e);
        }
    }

    @Override
    public PythonPool pool() {
        return pool;
    }

    private PythonException translated(ResourceException refusal) {
        for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
            if (cause instanceof PythonException ours) {
                return ours;
            }
            if (cause instanceof InterruptedException) {
                Thread.currentThread().interrupt();
                return PythonException.of(ErrorDetail.of(
                                ErrorCode.CALL_INTERRUPTED, "the thread was interrupted while it waited for a worker")
                        .cause(refusal)
                        .retryable(true));
            }
        }
        return pool.isExhausted() ? exhausted(refusal) : internal(refusal);
    }

    private PythonException exhausted(ResourceException refusal) {
        return PythonException.of(ErrorDetail.of(ErrorCode.WORKERS_EXHAUSTED, pool.describeExhaustion())
                .context(Map.of("pool", pool.name()))
                .retryable(true)
                .cause(refusal));
    }

    private PythonException internal(ResourceException refusal) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.INTERNAL,
                        "the container gave no connection of pool " + pool.name() + ": " + refusal.getMessage())
                .context(Map.of("pool", pool.name()))
                .cause(refusal));
    }

    @Override
    public void setReference(Reference reference) {
        this.reference = reference;
    }

    @Override
    public @Nullable Reference getReference() {
        return reference;
    }
}
