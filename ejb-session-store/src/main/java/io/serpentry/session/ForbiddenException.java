// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.SessionException;

/** Only an operator may do that. */
public final class ForbiddenException extends SessionException {
    public ForbiddenException(String message) {
        super(ErrorDetail.of(ErrorCode.FORBIDDEN, message));
    }
}
