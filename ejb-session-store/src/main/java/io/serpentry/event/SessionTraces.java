// SPDX-License-Identifier: Apache-2.0
package io.serpentry.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of sessions' lives, also of those that have ended. For operators: whose session it is is not asked. Any thread may use it. */
public interface SessionTraces {

    /**
     * The audit of that session, the states that its history knows, and its events, by their time. Empty if nothing is known of it.
     *
     * @param after only what follows that item; null for the beginning
     * @param limit 1 to 1,000
     * @throws io.serpentry.session.StoreUnavailableException if the database can not be reached
     */
    List<TraceItem> of(String session, @Nullable TraceItem after, int limit);
}
