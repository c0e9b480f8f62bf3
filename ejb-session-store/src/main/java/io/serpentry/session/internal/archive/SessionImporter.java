// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.Caller;
import io.serpentry.session.ForbiddenException;
import io.serpentry.session.ImportMode.Existing;
import io.serpentry.session.ImportReport.Outcome;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreCapability;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Brings one session into a store, whole or not at all. */
final class SessionImporter {

    private final SessionStore store;
    private final OneTransaction transaction;
    private final SessionSettings settings;
    private final InstantSource clock;

    SessionImporter(SessionStore store, OneTransaction transaction, SessionSettings settings, InstantSource clock) {
        this.store = store;
        this.transaction = transaction;
        this.settings = settings;
        this.clock = clock;
    }

    SessionSettings settings() {
        return settings;
    }

    private boolean isTransactional() {
        return store.capabilities().contains(StoreCapability.TRANSACTIONAL);
    }

    /** Throws ILLEGAL_STATE if the store can not do that. */
    void requirePossible(Existing existing) {
        if (existing == Existing.REPLACE && !isTransactional()) {
            throw PythonException.of(ErrorDetail.of(
                    ErrorCode.ILLEGAL_STATE,
                    "This store knows no transactions, so a session that is replaced could be lost: skip those that exist, or"
                            + " delete them first"));
        }
    }

    void requireAllowed(Caller caller, ArchivedSession session) {
        if (!caller.sees(session.head().owner())) {
            throw new ForbiddenException("Only an operator may import a session of another owner");
        }
    }

    /** Whether the id belongs to a session that the caller sees, and this one would be created. */
    boolean isTaken(Caller caller, ArchivedSession session) {
        return !session.isExpired(clock.instant())
                && store.find(caller, session.head().id()).isPresent();
    }

    /** Throws what the store throws, and nothing was changed then. */
    Outcome bring(Caller caller, ArchivedSession session, Existing existing) {
        requireAllowed(caller, session);
        if (session.isExpired(clock.instant())) {
            return Outcome.EXPIRED;
        }
        try {
            return existing == Existing.REPLACE ? replace(caller, session) : create(caller, session);
        } catch (SessionExistsException e) {
            if (existing == Existing.SKIP) {
                return Outcome.SKIPPED;
            }
            throw e;
        }
    }

    private Outcome create(Caller caller, ArchivedSession session) {
        transaction.run(() -> store(caller, session));
        return Outcome.CREATED;
    }

    private Outcome replace(Caller caller, ArchivedSession session) {
        AtomicBoolean existed = new AtomicBoolean();
        transaction.run(() -> {
            existed.set(store.delete(caller, session.head().id()));
            store(caller, session);
        });
        return existed.get() ? Outcome.REPLACED : Outcome.CREATED;
    }

    private void store(Caller caller, ArchivedSession session) {
        store.create(author(caller), session.creation());
        try {
            List<SessionDelta> additions = session.additions();
            // That it was created is in the audit, with the reason.
            Caller filling = new Caller(caller.name(), caller.operator());
            additions.forEach(addition -> store.save(filling, addition));
        } catch (RuntimeException e) {
            if (!isTransactional()) {
                store.delete(caller, session.head().id());
            }
            throw e;
        }
    }

    /** Only an operator may say when a session was created. By a file of his own an owner can only make his sessions older. */
    private static Caller author(Caller caller) {
        return new Caller(caller.name(), true, caller.reason());
    }
}
