// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.internal.worker.Deadlines;
import io.serpentry.connector.internal.worker.PoolListeners;
import io.serpentry.connector.internal.worker.RuntimeDirectory;
import io.serpentry.connector.internal.worker.Surroundings;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.Connector;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterInternalException;
import jakarta.resource.spi.TransactionSupport.TransactionSupportLevel;
import jakarta.resource.spi.UnavailableException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * The resource adapter: what all pools share (the unpacked Python package, the container's timer and threads) and the
 * directory of the pools. The container starts and stops it.
 */
@Connector(
        displayName = "Serpentry",
        vendorName = "Serpentry",
        eisType = "Python",
        version = "0.1",
        transactionSupport = TransactionSupportLevel.XATransaction)
public class PythonResourceAdapter implements ResourceAdapter, Serializable {

    private static final long serialVersionUID = 1L;

    /** The container begins to fill pools a moment before it starts the adapter. */
    private static final long START_SECONDS = 30;

    private final transient CompletableFuture<Surroundings> surroundings = new CompletableFuture<>();
    private final transient Map<String, PoolView> pools = new ConcurrentSkipListMap<>();
    private final transient PoolListeners listeners = new PoolListeners();
    private transient @Nullable RuntimeDirectory directory;
    private transient @Nullable Timer timer;
    private transient @Nullable TransactionSynchronizationRegistry transactions;

    @Override
    public void start(BootstrapContext context) throws ResourceAdapterInternalException {
        try {
            RuntimeDirectory made = RuntimeDirectory.create(Path.of(System.getProperty("java.io.tmpdir")));
            Timer clock = context.createTimer();
            directory = made;
            timer = clock;
            transactions = context.getTransactionSynchronizationRegistry();
            surroundings.complete(
                    new Surroundings(made, new ContainerThreads(context.getWorkManager()), new Deadlines(clock)));
        } catch (IOException | UnavailableException e) {
            surroundings.completeExceptionally(e);
            throw new ResourceAdapterInternalException("Serpentry can not start: " + e.getMessage(), e);
        }
    }

    /** Ends every Python process; none is left when it returns. */
    @Override
    public void stop() {
        surroundings.completeExceptionally(new IllegalStateException("stopped"));
        pools.values().forEach(PoolView::close);
        pools.clear();
        if (timer != null) {
            timer.cancel();
        }
        if (directory != null) {
            directory.delete();
        }
    }

    /**
     * Waits for {@link #start} if need be.
     *
     * @throws IllegalStateException if the adapter did not start
     */
    Surroundings surroundings() {
        try {
            return surroundings.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the resource adapter was starting", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the resource adapter is not started", e);
        }
    }

    /** Waits for {@link #start} as {@link #surroundings} does. */
    TransactionSynchronizationRegistry transactions() {
        surroundings();
        return Objects.requireNonNull(transactions);
    }

    /** @throws ResourceException if another pool has that name */
    void add(PoolView pool) throws ResourceException {
        PoolView other = pools.putIfAbsent(pool.name(), pool);
        if (other != null && other != pool) {
            throw new ResourceException("two connection definitions have the config property name '" + pool.name()
                    + "'; each pool needs a name of its own");
        }
    }

    PoolListeners listeners() {
        return listeners;
    }

    Collection<PoolView> pools() {
        return pools.values();
    }

    /** Null if there is none of that name. */
    @Nullable
    PoolView pool(String name) {
        return pools.get(name);
    }

    @Override
    public void endpointActivation(MessageEndpointFactory factory, ActivationSpec spec) throws ResourceException {
        throw new NotSupportedException("Serpentry has no inbound messages");
    }

    @Override
    public void endpointDeactivation(MessageEndpointFactory factory, ActivationSpec spec) {}

    /** There is nothing to recover: the adapter votes read-only and so leaves no log record. */
    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) {
        return new XAResource[0];
    }

    /** One instance is one adapter. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
