// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.SessionException;
import java.util.Map;

/** The id of a new session is taken. */
public final class SessionExistsException extends SessionException {
    public SessionExistsException(String session) {
        super(ErrorDetail.of(
                        ErrorCode.SESSION_EXISTS,
                        "The session id \"" + session
                                + "\" is taken; open that session, or leave the id out to have one made")
                .context(Map.of("session", session)));
    }
}
