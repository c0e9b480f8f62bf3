// SPDX-License-Identifier: Apache-2.0
package io.serpentry.event;

import java.util.List;

/**
 * The events of all servers on one database, in one order. It is for telling: an event that was not written yet when its server was killed
 * is lost. Any thread may use it.
 */
public interface EventLog {

    /** Ends a listening. */
    interface Listening extends AutoCloseable {

        @Override
        void close();
    }

    /**
     * Lets those events be written, in their order, when the caller's transaction has been committed, or at once if there is none; if it is
     * rolled back, they are forgotten. Returns without waiting and never fails: while the database can not be reached, up to 10,000 events
     * wait in memory; what comes then is lost, and an event {@code events.lost} tells how many.
     */
    void publish(List<NewEvent> events);

    /**
     * What follows that one, in order; committed, whatever the caller's transaction. Ids follow each other without a gap, so a first one
     * that is not {@code id + 1} says that those between are older than what is kept.
     *
     * @param id of an event, 0 for all that are kept
     * @param limit 1 to 1,000
     * @throws io.serpentry.session.StoreUnavailableException if the database can not be reached
     */
    List<ServerEvent> after(long id, int limit);

    /**
     * The id of the latest event; 0 if there never was one.
     *
     * @throws io.serpentry.session.StoreUnavailableException if the database can not be reached
     */
    long last();

    /**
     * The id of the oldest event that is kept; {@code last() + 1} if none is.
     *
     * @throws io.serpentry.session.StoreUnavailableException if the database can not be reached
     */
    long first();

    /**
     * Lets the listener be told, on a thread of the container, whenever this server has written events; of those of other servers it is not
     * told. It must not block.
     */
    Listening whenWritten(Runnable listener);
}
