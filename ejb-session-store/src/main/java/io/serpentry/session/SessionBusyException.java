// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.SessionException;
import java.time.Duration;
import java.util.Map;

/** An exclusive call was not made, because other exclusive calls in the session did not end within the time it would wait. */
public final class SessionBusyException extends SessionException {

    public SessionBusyException(String session, Duration waited) {
        super(ErrorDetail.of(
                        ErrorCode.SESSION_CONFLICT,
                        "Session \"" + session + "\" was in use by other exclusive calls for all of the " + waited
                                + " that this one would wait; it was not made")
                .retryable(true)
                .context(Map.of("session", session, "waited", waited.toString())));
    }
}
