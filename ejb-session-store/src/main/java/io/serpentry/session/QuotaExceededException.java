// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.SessionException;
import java.util.Map;

/** A quota would be exceeded; nothing was stored. */
public final class QuotaExceededException extends SessionException {

    /**
     * @param quota the configuration key that sets the limit
     * @param wanted what it would have become
     */
    public QuotaExceededException(String quota, String what, long limit, long wanted) {
        super(ErrorDetail.of(
                        ErrorCode.QUOTA_EXCEEDED,
                        what + " would be " + wanted + ", and the limit is " + limit + " (" + quota + ")")
                .context(Map.of("quota", quota, "limit", Long.toString(limit), "wanted", Long.toString(wanted))));
    }
}
