// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionInfo;

/** Makes sessions that live in this server's memory only. The session store finds, lists and changes them like any other. */
public interface TemporarySessions {

    /** With a generated id and the configured times of temporary sessions; in no transaction. */
    SessionInfo createInMemory(Caller caller);
}
