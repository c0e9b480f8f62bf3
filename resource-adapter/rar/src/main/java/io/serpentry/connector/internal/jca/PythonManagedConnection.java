// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.internal.worker.Seat;
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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * One seat among the workers as the container pools it. Handles come and go; the seat, the XA resource and the listeners
 * stay, the channel in the seat may change while nobody uses it.
 *
 * <p>It holds no lock while it tells the container anything.
 */
final class PythonManagedConnection implements ManagedConnection {

    private final Caller caller;
    private final Seat seat;
    private final Supplier<Duration> blockingTimeout;
    private final TransactionHooks hooks;
    private final PythonXaResource xaResource;
    private final List<ConnectionEventListener> listeners = new CopyOnWriteArrayList<>();
    private final List<PythonConnectionHandle> handles = new CopyOnWriteArrayList<>();
    private volatile @Nullable PrintWriter logWriter;
    private volatile @Nullable String lostInTransaction;

    /** @param blockingTimeout how long somebody who wants this connection may wait until the user before has said everything */
    PythonManagedConnection(
            Caller caller, Seat seat, TransactionSynchronizationRegistry registry, Supplier<Duration> blockingTimeout) {
        this.caller = caller;
        this.seat = seat;
        this.blockingTimeout = blockingTimeout;
        this.hooks = new TransactionHooks(this, registry);
        this.xaResource = new PythonXaResource(this, hooks);
        seat.onLoss(() -> tellLoss(new ResourceException("worker " + worker() + " has ended")));
    }

    WorkerIdentity worker() {
        return seat.worker();
    }

    boolean isUsable() {
        return seat.channel().isUsable();
    }

    /** False if the container should destroy this connection. */
    boolean check() {
        return seat.check();
    }

    void require(Placement.Required required) {
        seat.require(required);
    }

    // ---- calls

    /** Makes a call; a worker that is lost by it is reported to the container before the exception goes on. */
    @Nullable
    Object call(CallRequest request) {
        boolean enlisted = xaResource.isEnlisted();
        WorkerChannel channel = seat.bind();
        if (enlisted) {
            channel.boundTo(hooks::transaction);
        }
        try {
            return caller.call(
                    channel, request, enlisted ? xaResource.remaining() : null, enlisted ? hooks::hold : null);
        } catch (PythonException e) {
            noteLoss(e);
            throw e;
        }
    }

    private void noteLoss(PythonException failure) {
        if (!isUsable()) {
            lostInTransaction = failure.getMessage();
            closeHandles();
            tellLoss(failure);
        }
    }

    void prepareHooks() {
        try {
            caller.prepare(seat.bind(), xaResource.remaining());
        } catch (PythonException e) {
            noteLoss(e);
            throw e;
        }
    }

    /** After the transaction. If the container has this connection back already, its seat was kept for this. */
    void completeHooks(boolean committed, Consumer<List<String>> done) {
        try {
            caller.completed(seat.bind(), committed, done);
        } catch (PythonException e) {
            noteLoss(e);
            throw e;
        } finally {
            seat.giveKept();
        }
    }

    void transactionBegins() {
        lostInTransaction = null;
    }

    /** Why the transaction must not commit, null if it may. */
    @Nullable
    String veto() {
        WorkerChannel channel = seat.channel();
        if (channel.isBusy()) {
            return "a call to worker " + worker() + " is still running";
        }
        return hooks.held() && !channel.isUsable()
                ? "worker " + worker() + " has ended, and with it the hooks of this transaction"
                : lostInTransaction;
    }

    /** Gives up a call that another thread is in; nothing if there is none. */
    void abandonCall(String why) {
        seat.channel().abandon(why);
    }

    // ---- handles

    @Override
    public Object getConnection(@Nullable Subject subject, @Nullable ConnectionRequestInfo request)
            throws ResourceException {
        if (!take(PlacementRequest.placement(request))) {
            PythonException lost = seat.channel().lostBefore("a call");
            throw new ResourceException(lost.getMessage(), lost);
        }
        PythonConnectionHandle handle = new PythonConnectionHandle(this);
        handles.add(handle);
        return handle;
    }

    private boolean take(Placement placement) throws ResourceException {
        try {
            return seat.take(placement, longestWait());
        } catch (PythonException e) {
            throw new ResourceException(e.getMessage(), e);
        } catch (RuntimeException e) {
            // From the application's function for the load of a worker.
            throw new ResourceException("the placement failed: " + e, e);
        }
    }

    private Duration longestWait() {
        Duration limit = blockingTimeout.get();
        Duration remaining = xaResource.isEnlisted() ? xaResource.remaining() : null;
        return remaining == null || limit.compareTo(remaining) < 0 ? limit : remaining;
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
        boolean well = hooks.held() ? seat.keep() : seat.give();
        if (!well) {
            throw new ResourceException("worker " + worker() + " can not be used again");
        }
    }

    @Override
    public void destroy() {
        invalidateHandles();
        seat.close();
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
        return new WorkerMetaData(worker());
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
        return "connection to worker " + worker();
    }
}
