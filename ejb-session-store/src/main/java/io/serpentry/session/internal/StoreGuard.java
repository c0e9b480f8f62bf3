// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.internal.jpa.StoreFailure.Contention;
import io.serpentry.slow.internal.SlowWatch;
import io.serpentry.tracing.Spans.ActiveSpan;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jspecify.annotations.Nullable;

/**
 * What stands between callers and the database: the circuit always, repetition outside of a caller's transaction only. What comes out is a
 * result or a client exception.
 */
@ApplicationScoped
public class StoreGuard {

    private final AtomicReference<@Nullable String> lastFailure = new AtomicReference<>();

    @Inject
    StoreRetry retry;

    @Inject
    StoreCircuit circuit;

    @Inject
    StoreMetrics metrics;

    @Inject
    SlowWatch slow;

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    TransactionSynchronizationRegistry transaction;

    boolean isInTransaction() {
        return transaction.getTransactionStatus() != Status.STATUS_NO_TRANSACTION;
    }

    /** Runs the action when the caller's transaction has ended, at once if there is none or it is ending already. */
    void afterTransaction(Runnable action) {
        if (transaction.getTransactionStatus() == Status.STATUS_ACTIVE) {
            transaction.registerInterposedSynchronization(new Completion(action));
        } else {
            action.run();
        }
    }

    private record Completion(Runnable action) implements Synchronization {

        @Override
        public void beforeCompletion() {}

        @Override
        public void afterCompletion(int status) {
            action.run();
        }
    }

    /** Why the store could not be reached the last time; null if it always could. */
    @Nullable
    String lastFailure() {
        return lastFailure.get();
    }

    <T> T call(Operation operation, Supplier<T> action) {
        long begun = System.nanoTime();
        try (ActiveSpan span = operation.span()) {
            return measured(operation, action, span, begun);
        }
    }

    private <T> T measured(Operation operation, Supplier<T> action, ActiveSpan span, long begun) {
        try {
            T result = isInTransaction() ? joined(action) : repeated(operation, action);
            Duration duration = Duration.ofNanos(System.nanoTime() - begun);
            metrics.done(operation, duration);
            slow.storeAsked(operation.tag(), duration, null);
            return result;
        } catch (RuntimeException e) {
            RuntimeException failure = toClient(e);
            Duration duration = Duration.ofNanos(System.nanoTime() - begun);
            metrics.failed(operation, failure, duration);
            slow.storeAsked(operation.tag(), duration, StoreMetrics.code(failure));
            span.failed(StoreMetrics.code(failure).name(), failure);
            throw failure;
        }
    }

    private <T> T joined(Supplier<T> action) {
        try {
            return circuit.call(action);
        } catch (Contention | StoreUnavailableException | CircuitBreakerOpenException e) {
            // The database may have given the transaction up: nobody shall believe that it can still commit.
            transaction.setRollbackOnly();
            throw e;
        }
    }

    private <T> T repeated(Operation operation, Supplier<T> action) {
        try {
            return retry.call(() -> once(operation, action));
        } catch (StoreRetry.Passing e) {
            throw (RuntimeException) e.getCause();
        }
    }

    private <T> T once(Operation operation, Supplier<T> action) {
        try {
            return circuit.call(action);
        } catch (Contention e) {
            metrics.retried(operation);
            throw new StoreRetry.Passing(e);
        } catch (StoreUnavailableException e) {
            lastFailure.set(e.getMessage());
            if (operation.isRepeatable() || "false".equals(e.context().get("sent"))) {
                metrics.retried(operation);
                throw new StoreRetry.Passing(e);
            }
            throw e;
        }
    }

    private RuntimeException toClient(RuntimeException e) {
        if (e instanceof CircuitBreakerOpenException) {
            return new StoreUnavailableException(
                    "The session store is not asked for some seconds, because it could not be reached: "
                            + lastFailure.get(),
                    false,
                    e);
        }
        if (e instanceof Contention) {
            return new StoreUnavailableException(
                    "Other transactions were in the way again and again: " + e.getCause(), false, e);
        }
        return e;
    }
}
