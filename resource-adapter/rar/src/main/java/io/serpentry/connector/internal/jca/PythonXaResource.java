// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.PythonException;
import java.time.Duration;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * A managed connection's part in a transaction. It always votes read-only, so the database commits in one phase and no log
 * record is left; it vetoes if a call is in flight, its worker was lost in one or with hooks, or a hook raises.
 *
 * <p>The transaction manager may call {@link #end} and {@link #rollback} from its own threads while a call runs: the call
 * is then given up without touching the worker's socket.
 */
final class PythonXaResource implements XAResource {

    private static final long NONE = Long.MAX_VALUE;

    private final PythonManagedConnection connection;
    private final TransactionHooks hooks;
    private volatile boolean enlisted;
    private volatile int timeoutSeconds;
    private volatile long deadlineNanos = NONE;

    PythonXaResource(PythonManagedConnection connection, TransactionHooks hooks) {
        this.connection = connection;
        this.hooks = hooks;
    }

    /** Whether what happens now belongs to a transaction. */
    boolean isEnlisted() {
        return enlisted;
    }

    /** What is left of the time of the transaction that began last, null if it has no timeout. */
    @Nullable
    Duration remaining() {
        long deadline = deadlineNanos;
        return deadline == NONE ? null : Duration.ofNanos(deadline - System.nanoTime());
    }

    @Override
    public void start(Xid xid, int flags) {
        if (flags == TMNOFLAGS) {
            connection.transactionBegins();
            int seconds = timeoutSeconds;
            deadlineNanos = seconds == 0
                    ? NONE
                    : System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        }
        enlisted = true;
    }

    /** The deadline stays: it holds for the hooks that are run in {@link #prepare} too. */
    @Override
    public void end(Xid xid, int flags) {
        enlisted = false;
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        prepareHooks();
        return XA_RDONLY;
    }

    /** Only in one phase, for this resource never votes to be asked again. */
    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        prepareHooks();
    }

    private void prepareHooks() throws XAException {
        refuseIfLost();
        try {
            hooks.prepare();
        } catch (PythonException e) {
            XAException veto = new XAException("a hook of Python has vetoed the commit: " + e.getMessage());
            veto.errorCode = XAException.XA_RBROLLBACK;
            veto.initCause(e);
            throw veto;
        }
    }

    private void refuseIfLost() throws XAException {
        String veto = connection.veto();
        if (veto != null) {
            XAException refusal = new XAException(veto);
            refusal.errorCode = XAException.XA_RBCOMMFAIL;
            throw refusal;
        }
    }

    @Override
    public void rollback(Xid xid) {
        connection.abandonCall("the transaction was rolled back or timed out");
        hooks.rolledBack();
    }

    @Override
    public void forget(Xid xid) {}

    @Override
    public Xid[] recover(int flag) {
        return new Xid[0];
    }

    @Override
    public boolean isSameRM(XAResource other) {
        return this == other;
    }

    @Override
    public int getTransactionTimeout() {
        return timeoutSeconds;
    }

    @Override
    public boolean setTransactionTimeout(int seconds) {
        timeoutSeconds = seconds;
        return true;
    }
}
