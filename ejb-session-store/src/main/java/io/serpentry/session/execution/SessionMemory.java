// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionInfo;

/**
 * The sessions of anonymous calls in this server's memory. No bean: what is done here needs nothing of the container, and a bean's
 * interceptors would take longer than it. Safe for use by any number of threads.
 */
public interface SessionMemory {

    /** With a generated id and the configured times of temporary sessions. */
    SessionInfo begin(Caller caller);

    /** False if it is not in memory: it has grown out of it, or somebody else has removed it. */
    boolean end(Caller caller, String session);
}
