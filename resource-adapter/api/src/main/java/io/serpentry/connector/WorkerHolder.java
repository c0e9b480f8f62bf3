// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who uses a worker, so that it can not be ended yet: a call, a transaction, or both; if neither, a connection that is taken and
 * not used.
 *
 * @param transaction the id of the transaction that is bound to it, as the server's transaction manager writes it; null if none is
 * @param function the call that runs there now; null if none does
 * @param since when the transaction made its first request there, else when the call began; null for a connection that is only taken
 */
public record WorkerHolder(
        @Nullable String transaction,
        @Nullable String function,
        @Nullable Instant since) {

    /** For a person. */
    public String describe() {
        String when = since == null ? "" : " since " + since;
        String running = function == null ? "" : "call of " + function;
        if (transaction != null) {
            return "transaction " + transaction + when + (running.isEmpty() ? "" : " (in a " + running + ")");
        }
        return running.isEmpty() ? "a connection that is taken" : running + when;
    }
}
