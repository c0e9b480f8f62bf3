// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.WorkerIdentity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a call in a session has given.
 *
 * @param result null where Python returned {@code None}
 * @param worker who served it
 * @param session its id
 * @param revision of the session after the call; in a transaction, the one the call began with
 * @param duration from sending the call to having its result
 */
public record Execution(
        @Nullable Object result, WorkerIdentity worker, String session, long revision, Duration duration) {}
