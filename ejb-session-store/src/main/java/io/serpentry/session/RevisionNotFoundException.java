// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.SessionException;
import java.util.Map;

/** The session can not be restored to that revision, or the entry to that version: it never was, or is not kept any more. */
public final class RevisionNotFoundException extends SessionException {
    public RevisionNotFoundException(String session, String what, long oldest) {
        super(ErrorDetail.of(
                        ErrorCode.NOT_FOUND,
                        what + " of session \"" + session + "\" is not kept"
                                + (oldest > 0 ? "; the oldest is " + oldest : ""))
                .context(Map.of("session", session, "oldest", Long.toString(oldest))));
    }
}
