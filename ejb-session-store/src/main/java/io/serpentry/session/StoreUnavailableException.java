// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.SessionException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The session store can not be reached or has failed. Whether a write has happened is known only if {@code context.sent} is
 * {@code false}: then it has not.
 */
public final class StoreUnavailableException extends SessionException {

    public StoreUnavailableException(String message, boolean sent, @Nullable Throwable cause) {
        super(ErrorDetail.of(ErrorCode.STORE_UNAVAILABLE, message)
                .retryable(true)
                .context(Map.of("sent", Boolean.toString(sent)))
                .cause(cause));
    }
}
