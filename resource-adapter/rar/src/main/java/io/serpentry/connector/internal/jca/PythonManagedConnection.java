// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.PythonException;
import io.serpentry.connector.internal.worker.WorkerChannel;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.LocalTransaction;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionMetaData;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * One channel to a worker as the container pools it. Handles come and go; the channel, the XA resource and the listeners
 * stay.
 *
 * <p>It holds no lock while it tells the container anything.
 */
final class PythonManagedConnection implements ManagedConnection {

    private final Caller caller;
    private final WorkerChannel channel;
    private final TransactionHooks hooks;
    private final PythonXaResource xaResource;
    private final List<ConnectionEventListener> listeners = new CopyOnWriteArrayList<>();
    private final List<PythonConnectionHandle> handles = new CopyOnWriteArrayList<>();
    private volatile @Nullable PrintWriter logWriter;
    private volatile @Nullable String lostInTransaction;

    PythonManagedConnection(Caller caller, WorkerChannel channel, TransactionSynchronizationRegistry registry) {
        this.caller = caller;
        this.channel = channel;
        this.hooks = new TransactionHooks(this, registry);
        this.xaResource = new PythonXaResource(this, hooks);
        channel.onLoss(() -> tellLoss(new ResourceException("worker " + channel.worker() + " has ended")));
    }

    WorkerChannel channel() {
        return channel;
    }

    // ---- calls

    /** Makes a call; a worker that is lost by it is reported to the container before the exception goes on. */
    @Nullable
    Object call(CallRequest request) {
        try {
            return caller.call(channel, request, xaResource.remaining(), xaResource.isEnlisted() ? hooks::hold : null);
        } catch (PythonException e) {
            noteLoss(e);
            throw e;
        }
    }

    private void noteLoss(PythonException failure) {
        if (!channel.isUsable()) {
            lostInTransaction = failure.getMessage();
            closeHandles();
            tellLoss(failure);
        }
    }

    void prepareHooks() {
        try {
            caller.prepare(channel, xaResource.remaining());
        } catch (PythonException e) {
            noteLoss(e);
            throw e;
        }
    }

    /** After the transaction: the container may have this connection back already. */
    void completeHooks(boolean committed) {
        boolean taken = channel.tryTake();
        try {
            caller.completed(channel, committed);
        } catch (PythonException e) {
            noteLoss(e);
            throw e;
        } finally {
            if (taken) {
                channel.tryGive();
            }
        }
    }

    void transactionBegins() {
        lostInTransaction = null;
    }

    /** Why the transaction must not commit, null if it may. */
    @Nullable
    String veto() {
        if (channel.isBusy()) {
            return "a call to worker " + channel.worker() + " is still running";
        }
        return hooks.held() && !channel.isUsable()
                ? "worker " + channel.worker() + " has ended, and with it the hooks of this transaction"
                : lostInTransaction;
    }

    /** Gives up a call that another thread is in; nothing if there is none. */
    void abandonCall(String why) {
        channel.abandon(why);
    }

    // ---- handles

    @Override
    public Object getConnection(@Nullable Subject subject, @Nullable ConnectionRequestInfo request)
            throws ResourceException {
        if (!channel.tryTake() && !channel.isTaken() && !channel.isBusy()) {
            throw new ResourceException("worker " + channel.worker() + " has ended");
        }
        PythonConnectionHandle handle = new PythonConnectionHandle(this);
        handles.add(handle);
        return handle;
    }

    @Override
    public void associateConnection(Object connection) throws ResourceException {
        if (!(connection instanceof PythonConnectionHandle handle)) {
            throw new ResourceException("not a handle of this adapter: " + connection);
        }
        handle.moveTo(this);
        handles.add(handle);
    }

    void dissociate(PythonConnectionHandle handle) {
        handles.remove(handle);
    }

    void handleClosed(PythonConnectionHandle handle) {
        handles.remove(handle);
        ConnectionEvent event = new ConnectionEvent(this, ConnectionEvent.CONNECTION_CLOSED);
        event.setConnectionHandle(handle);
        listeners.forEach(listener -> listener.connectionClosed(event));
    }

    /** A connection that the container destroys with open handles would be logged as a leak of the application. */
    private void closeHandles() {
        handles.forEach(PythonConnectionHandle::close);
    }

    private void tellLoss(Exception cause) {
        ConnectionEvent event = new ConnectionEvent(this, ConnectionEvent.CONNECTION_ERROR_OCCURRED, cause);
        listeners.forEach(listener -> listener.connectionErrorOccurred(event));
    }

    // ---- the container's side

    /**
     * Back to the pool: every handle is invalid from here on.
     *
     * @throws ResourceException if the channel can not be used again; the container then destroys this connection
     */
    @Override
    public void cleanup() throws ResourceException {
        invalidateHandles();
        boolean given = channel.tryGive();
        if (!given || !channel.isUsable()) {
            throw new ResourceException("worker " + channel.worker() + " can not be used again");
        }
    }

    @Override
    public void destroy() {
        invalidateHandles();
        channel.close();
    }

    private void invalidateHandles() {
        handles.forEach(PythonConnectionHandle::invalidate);
        handles.clear();
    }

    @Override
    public void addConnectionEventListener(ConnectionEventListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeConnectionEventListener(ConnectionEventListener listener) {
        listeners.remove(listener);
    }

    @Override
    public XAResource getXAResource() {
        return xaResource;
    }

    @Override
    public LocalTransaction getLocalTransaction() throws ResourceException {
        throw new NotSupportedException("Python takes part in XA transactions only");
    }

    @Override
    public ManagedConnectionMetaData getMetaData() {
        return new WorkerMetaData(channel.worker());
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        logWriter = out;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return logWriter;
    }

    @Override
    public String toString() {
        return "connection to worker " + channel.worker();
    }
}
