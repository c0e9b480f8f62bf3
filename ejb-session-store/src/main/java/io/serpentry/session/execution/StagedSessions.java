// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.Caller;
import io.serpentry.session.KeptHook;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.SessionStore;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of one transaction have changed in sessions. It is written when the transaction is about to commit, ordered by session, so
 * that two transactions never wait for each other; a rollback forgets it. Until then no row is locked. For the transaction's thread; only its
 * end may come on another, which rolls back transactions whose time is over.
 */
final class StagedSessions implements Synchronization {

    private static final Object KEY = new Object() {
        @Override
        public String toString() {
            return "serpentry staged sessions";
        }
    };

    private final TransactionSynchronizationRegistry registry;
    private final SessionStore store;
    private final Map<String, StagedSession> sessions = new TreeMap<>();
    private final Map<KeptHook, KeptHooks> kept = new LinkedHashMap<>();
    /** Guards what follows, which the end of the transaction needs on whatever thread. */
    private final Object lock = new Object();

    private final Map<String, ExclusiveCalls.Turn> turns = new HashMap<>();
    private boolean ended;

    private StagedSessions(TransactionSynchronizationRegistry registry, SessionStore store) {
        this.registry = registry;
        this.store = store;
    }

    /**
     * Of the thread's transaction; there must be one.
     *
     * @throws PythonException ILLEGAL_STATE if it has ended, and perhaps if it can only be rolled back
     */
    static StagedSessions of(TransactionSynchronizationRegistry registry, SessionStore store) {
        StagedSessions staged = existing(registry);
        if (staged == null) {
            staged = new StagedSessions(registry, store);
            try {
                registry.registerInterposedSynchronization(staged);
                registry.putResource(KEY, staged);
            } catch (IllegalStateException e) {
                throw refused(registry, "nothing can be staged in it", e);
            }
        }
        return staged;
    }

    private static PythonException refused(
            TransactionSynchronizationRegistry registry, String consequence, @Nullable Throwable cause) {
        String why = registry.getTransactionStatus() == Status.STATUS_MARKED_ROLLBACK
                ? "The transaction can only be rolled back, so " + consequence + "; look for what was thrown before"
                : "The transaction has ended meanwhile, so " + consequence + "; its time was probably over";
        return PythonException.of(ErrorDetail.of(ErrorCode.ILLEGAL_STATE, why).cause(cause));
    }

    /** Null if no call of the thread's transaction has changed anything. */
    static @Nullable StagedSessions existing(TransactionSynchronizationRegistry registry) {
        return (StagedSessions) registry.getResource(KEY);
    }

    @Nullable
    StagedSession find(String session) {
        return sessions.get(session);
    }

    /** Notes a hook at the end of the transaction, if it is committed. */
    void keep(KeptHooks notes, List<KeptHook> hooks) {
        hooks.forEach(hook -> kept.put(hook, notes));
    }

    void add(Caller caller, String session, CallOutcome outcome) {
        StagedSession present = sessions.get(session);
        if (present != null && present.mustBeWrittenBefore(outcome)) {
            write(session);
        }
        sessions.computeIfAbsent(session, id -> new StagedSession(id, caller)).add(caller, outcome);
    }

    /** Writes now, in the transaction, so that it can be read there. */
    void write(String session) {
        StagedSession staged = sessions.remove(session);
        if (staged != null && !staged.isEmpty()) {
            store.save(staged.caller(), staged.delta());
        }
    }

    void writeAll() {
        List.copyOf(sessions.keySet()).forEach(this::write);
    }

    /** The session is deleted: what was to be written to it is not. */
    void forget(String session) {
        sessions.remove(session);
    }

    /**
     * An exclusive turn of the transaction lasts until it ends; its later calls in the session have it already.
     *
     * @throws PythonException ILLEGAL_STATE if the transaction can only be rolled back, or has ended before the turn came
     */
    void hold(String session, Supplier<ExclusiveCalls.Turn> turn) {
        if (registry.getTransactionStatus() != Status.STATUS_ACTIVE) {
            // Its end might never be told here, and the turn would last for ever.
            throw noTurn(session);
        }
        synchronized (lock) {
            if (turns.containsKey(session)) {
                return;
            }
        }
        ExclusiveCalls.Turn ours = turn.get();
        synchronized (lock) {
            if (!ended) {
                turns.put(session, ours);
                return;
            }
        }
        ours.close();
        throw noTurn(session);
    }

    private PythonException noTurn(String session) {
        return refused(registry, "it gets no turn in session \"" + session + "\"", null);
    }

    /** What it throws keeps the transaction from committing, and is in the cause of what the committer gets. */
    @Override
    public void beforeCompletion() {
        writeAll();
        kept.forEach((hook, notes) -> notes.keep(hook));
    }

    @Override
    public void afterCompletion(int status) {
        List<ExclusiveCalls.Turn> held;
        synchronized (lock) {
            ended = true;
            held = List.copyOf(turns.values());
            turns.clear();
        }
        held.forEach(ExclusiveCalls.Turn::close);
    }
}
