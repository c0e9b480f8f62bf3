// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import io.serpentry.event.ServerEvent;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The other end of a stream. Sending does not wait: what is returned completes when all of it has been handed to the network. */
interface EventClient {

    CompletionStage<?> send(List<ServerEvent> events);

    /** What was wanted is not kept any more; the oldest that is kept has that id. */
    CompletionStage<?> sendGap(long oldest);

    /** Something that is no event, and that the client has seen all up to that id. */
    CompletionStage<?> sendAlive(long seen);

    boolean isClosed();

    void close();
}
