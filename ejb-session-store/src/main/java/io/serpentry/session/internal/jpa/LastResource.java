// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;

/** The session database could not join a transaction, because another data source without XA is in it. */
final class LastResource {

    private LastResource() {}

    /** Whether the container has refused to enlist a connection. */
    static boolean isBehind(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("IJ000457") || message.contains("IJ000461") || message.contains("IJ000456")) {
                return true;
            }
        }
        return false;
    }

    static PythonException refused(Throwable failure) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.ILLEGAL_STATE,
                        "The session database can not take part in this transaction, most likely because another data source"
                                + " without XA is in it, and only one can be. Name the application's own data source in"
                                + " serpentry.store.datasource, or make one of the two an XA data source")
                .cause(failure));
    }
}
