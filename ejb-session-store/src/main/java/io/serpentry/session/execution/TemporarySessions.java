// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionInfo;

/**
 * Makes and ends the sessions of anonymous calls, in no transaction. The session store finds, lists and changes them like any other, and
 * what it changes in them is in no transaction either.
 */
public interface TemporarySessions {

    /** Where they usually are, for as long as this server's store is deployed. */
    SessionMemory memory();

    /**
     * As a row of the database, with a generated id and the configured times of temporary sessions.
     *
     * @throws io.serpentry.session.StoreUnavailableException if the database can not be reached
     */
    SessionInfo begin(Caller caller);

    /** Removes the row, if it is one. One that can not be removed, because the database can not be reached, is left to the sweep. */
    void end(Caller caller, String session);
}
