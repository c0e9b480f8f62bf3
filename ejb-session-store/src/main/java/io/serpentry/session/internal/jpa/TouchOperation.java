// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.Caller;
import io.serpentry.session.Limits;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.Touched;
import io.serpentry.session.internal.store.ExpiryRule;
import java.time.Instant;

/**
 * Moves last access and expiry, unless they were moved a short time ago; waits for nobody. Outside of the caller's transaction, unless that
 * has the row itself: then inside.
 */
final class TouchOperation {

    private final StoreTransactions transactions;
    private final Dialect dialect;
    private final SessionTable sessions;
    private final ExpiryRule expiry;

    TouchOperation(StoreTransactions transactions, Dialect dialect, SessionTable sessions, ExpiryRule expiry) {
        this.transactions = transactions;
        this.dialect = dialect;
        this.sessions = sessions;
        this.expiry = expiry;
    }

    Touched run(Caller caller, String session, Instant wish, Instant now) {
        requireSoon(wish, now);
        Instant atLeast = wish.isBefore(now) ? Instant.EPOCH : wish;
        SessionRecord row = visible(caller, session, now);
        while (row.isTouchDue(expiry, now, atLeast)) {
            Instant expiresAt = row.expiryAfter(expiry, now, atLeast);
            if (written(row, now, expiresAt)) {
                return new Touched(
                        Touched.Outcome.WRITTEN, expiresAt.isAfter(row.expiresAt()) ? expiresAt : row.expiresAt());
            }
            SessionRecord seen = row;
            row = visible(caller, session, now);
            if (row.expiresLike(seen)) {
                return new Touched(Touched.Outcome.BUSY, row.expiresAt());
            }
        }
        return new Touched(Touched.Outcome.COALESCED, row.expiresAt());
    }

    private SessionRecord visible(Caller caller, String session, Instant now) {
        return transactions
                .read(connection -> sessions.read(connection, session))
                .filter(found -> found.isFor(caller, now))
                .orElseThrow(() -> new SessionNotFoundException(session));
    }

    private boolean written(SessionRecord seen, Instant now, Instant expiresAt) {
        StoreTransactions.Work<Boolean> touch = connection -> sessions.touchIfFree(connection, seen, now, expiresAt);
        boolean written = dialect.locksInSubqueries() ? transactions.statement(touch) : transactions.alone(touch);
        // What the caller's own transaction has created or holds is nobody else's to touch.
        return written || (transactions.isWriting() && transactions.write(touch));
    }

    private static void requireSoon(Instant atLeast, Instant now) {
        if (atLeast.isAfter(now.plus(Limits.LONGEST))) {
            throw Limits.refused(
                    "atLeast",
                    "up to " + Limits.LONGEST.toDays() + " days from now",
                    "A session can be kept until at most " + Limits.LONGEST.toDays() + " days from now, not until "
                            + atLeast);
        }
    }
}
