// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.SessionException;
import java.util.Map;

/** There is no such session: never created, deleted, expired, or another owner's. */
public final class SessionNotFoundException extends SessionException {
    public SessionNotFoundException(String session) {
        super(ErrorDetail.of(
                        ErrorCode.SESSION_NOT_FOUND,
                        "There is no session \"" + session
                                + "\": it was deleted, has expired, never existed, or belongs to somebody else")
                .context(Map.of("session", session)));
    }
}
