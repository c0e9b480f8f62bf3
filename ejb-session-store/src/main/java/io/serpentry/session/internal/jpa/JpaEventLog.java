// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.event.ServerEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Events in H2 or PostgreSQL. Who writes some has locked the row with the latest id, so that the order of ids is the order of commits: who
 * sees an event sees all below it, whichever server has written them.
 */
public final class JpaEventLog {

    private final StoreTransactions transactions;

    public JpaEventLog(StoreTransactions transactions) {
        this.transactions = transactions;
    }

    /** Writes them in a transaction of their own, and tells the id of the last. */
    public long append(EventBatch batch) {
        return transactions.alone(connection -> append(connection, batch, EventTable.lockLast(connection)));
    }

    private static long append(Connection connection, EventBatch batch, long last) throws SQLException {
        long newest = last + batch.events().size();
        EventTable.setLast(connection, newest);
        EventTable.insert(connection, batch, last);
        return newest;
    }

    /**
     * As {@link #append}, after an attempt of which it is not known whether it was committed: then nothing is written.
     *
     * @param above an id that is surely below those of the batch
     */
    public long appendAgain(EventBatch batch, long above) {
        return transactions.alone(connection -> {
            long last = EventTable.lockLast(connection);
            long written = EventTable.lastOf(connection, batch.id(), above);
            return written > 0 ? written : append(connection, batch, last);
        });
    }

    /** What follows that one, in order. */
    public List<ServerEvent> after(long id, int limit) {
        return transactions.read(connection -> EventTable.after(connection, id, limit));
    }

    /** The id of the latest; 0 if there never was one. */
    public long last() {
        return transactions.read(EventTable::last);
    }

    /** The id of the oldest that is kept; {@code last() + 1} if none is. */
    public long first() {
        return transactions.read(EventTable::first);
    }

    /** Removes those that are older, and the oldest that are more than that number, up to {@code limit}; how many. */
    public int forget(Instant before, long kept, int limit) {
        return transactions.alone(connection -> EventTable.forget(connection, before, kept, limit));
    }
}
