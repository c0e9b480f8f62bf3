// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.session.Caller;
import io.serpentry.session.KeptHook;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.SessionStore;
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
 * that two transactions never wait for each other; a rollback forgets it. Until then no row is locked. For the transaction's thread.
 */
final class StagedSessions implements Synchronization {

    private static final Object KEY = new Object() {
        @Override
        public String toString() {
            return "serpentry staged sessions";
        }
    };

    private final SessionStore store;
    private final Map<String, StagedSession> sessions = new TreeMap<>();
    private final Map<KeptHook, KeptHooks> kept = new LinkedHashMap<>();
    private final Map<String, ExclusiveCalls.Turn> turns = new HashMap<>();

    private StagedSessions(SessionStore store) {
        this.store = store;
    }

    /** Of the thread's transaction; there must be one. */
    static StagedSessions of(TransactionSynchronizationRegistry registry, SessionStore store) {
        StagedSessions staged = existing(registry);
        if (staged == null) {
            staged = new StagedSessions(store);
            registry.registerInterposedSynchronization(staged);
            registry.putResource(KEY, staged);
        }
        return staged;
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

    /** An exclusive turn of the transaction lasts until it ends; its later calls in the session have it already. */
    void hold(String session, Supplier<ExclusiveCalls.Turn> turn) {
        if (!turns.containsKey(session)) {
            turns.put(session, turn.get());
        }
    }

    /** What it throws keeps the transaction from committing, and is in the cause of what the committer gets. */
    @Override
    public void beforeCompletion() {
        writeAll();
        kept.forEach((hook, notes) -> notes.keep(hook));
    }

    @Override
    public void afterCompletion(int status) {
        sessions.clear();
        turns.values().forEach(ExclusiveCalls.Turn::close);
        turns.clear();
    }
}
