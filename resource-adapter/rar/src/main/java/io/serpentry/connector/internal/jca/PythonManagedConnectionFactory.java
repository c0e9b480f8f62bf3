// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionDefinition;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterAssociation;
import jakarta.resource.spi.ValidatingManagedConnectionFactory;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Set;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * One pool of Python workers as the container configures it. Sizes, waiting, validation and shrinking are the container's;
 * what a worker is comes from the config properties.
 */
@ConnectionDefinition(
        connectionFactory = PythonConnectionFactory.class,
        connectionFactoryImpl = PythonConnectionFactoryHandle.class,
        connection = PythonConnection.class,
        connectionImpl = PythonConnectionHandle.class)
public class PythonManagedConnectionFactory extends PoolProperties
        implements ManagedConnectionFactory, ResourceAdapterAssociation, ValidatingManagedConnectionFactory {

    private static final long serialVersionUID = 1L;

    private @Nullable ResourceAdapter adapter;
    private transient @Nullable PrintWriter logWriter;
    private transient @Nullable PoolView pool;

    @Override
    public Object createConnectionFactory(ConnectionManager container) throws ResourceException {
        PoolView view = pool();
        PythonConnectionFactoryHandle factory = new PythonConnectionFactoryHandle(this, container, view);
        view.bound(factory, new ContainerPool(container));
        return factory;
    }

    @Override
    public Object createConnectionFactory() throws ResourceException {
        throw new NotSupportedException("Serpentry needs a container: its pool and its transactions");
    }

    @Override
    public ManagedConnection createManagedConnection(@Nullable Subject subject, @Nullable ConnectionRequestInfo request)
            throws ResourceException {
        PoolView view = pool();
        try {
            return new PythonManagedConnection(
                    view.caller(), view.workerPool().seat(), transactions(), view::blockingTimeout);
        } catch (RuntimeException e) {
            // The container's one thread that fills all pools ends on anything else than a ResourceException.
            throw new ResourceException(e.getMessage(), e);
        }
    }

    /**
     * Any connection serves any request; the channel that the request asks for comes into it when it is taken. A connection whose worker is gone is passed over; the container then destroys it
     * and offers the next.
     */
    @Override
    public @Nullable ManagedConnection matchManagedConnections(
            Set candidates, @Nullable Subject subject, @Nullable ConnectionRequestInfo request) {
        for (Object candidate : candidates) {
            if (candidate instanceof PythonManagedConnection connection && connection.isUsable()) {
                return connection;
            }
        }
        return null;
    }

    /** Those whose workers do not answer, or must be ended and can not be replaced first. */
    @Override
    public Set<PythonManagedConnection> getInvalidConnections(Set candidates) {
        Set<PythonManagedConnection> invalid = new HashSet<>();
        for (Object candidate : candidates) {
            if (candidate instanceof PythonManagedConnection connection && !connection.check()) {
                invalid.add(connection);
            }
        }
        return invalid;
    }

    private TransactionSynchronizationRegistry transactions() throws ResourceException {
        return ours().transactions();
    }

    private PythonResourceAdapter ours() throws ResourceException {
        if (adapter instanceof PythonResourceAdapter ours) {
            return ours;
        }
        throw new ResourceException("this connection factory belongs to no Serpentry resource adapter");
    }

    private synchronized PoolView pool() throws ResourceException {
        PoolView view = pool;
        if (view == null) {
            PythonResourceAdapter ours = ours();
            view = new PoolView(SettingsParser.parse(this), describe(), ours::surroundings, ours.listeners());
            ours.add(view);
            pool = view;
        }
        return view;
    }

    @Override
    public @Nullable ResourceAdapter getResourceAdapter() {
        return adapter;
    }

    @Override
    public void setResourceAdapter(@Nullable ResourceAdapter resourceAdapter) {
        adapter = resourceAdapter;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        logWriter = out;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return logWriter;
    }

    /** One instance is one pool. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
