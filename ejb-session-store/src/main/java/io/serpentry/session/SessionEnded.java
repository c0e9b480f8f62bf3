// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Instant;

/**
 * A session has ended. Fired as a CDI event on one node, in the transaction that takes the announcement out of the store:
 * what an observer writes to the same database is exactly once, and an observer that throws is asked again later.
 *
 * @param id one id for each announcement, the same when it is delivered again
 */
public record SessionEnded(long id, String session, String owner, SessionKind kind, Reason reason, Instant at) {

    /** Why it ended. */
    public enum Reason {
        DELETED,
        EXPIRED
    }
}
