// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import java.time.Instant;

/** Who may make exclusive calls in a session, agreed on by all servers. In no transaction of the caller. */
public interface SessionLeases {

    /** Takes the lease, if nobody has it or it is over; also prolongs one's own. False if another has it. */
    boolean tryLease(String session, String holder, Instant validTo);

    /** Gives the lease back; nothing if it is another's by now. */
    void release(String session, String holder);
}
