// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/**
 * Every error a client can meet, the same in Java, in REST problem documents and in metrics. A code never changes its
 * meaning.
 */
public enum ErrorCode {
    INVALID_ARGUMENT(ErrorCategory.CALLER, 400),
    FORBIDDEN(ErrorCategory.CALLER, 403),
    UNKNOWN_FUNCTION(ErrorCategory.CALLER, 404),
    SESSION_NOT_FOUND(ErrorCategory.SESSION, 404),
    NOT_FOUND(ErrorCategory.CALLER, 404),
    SESSION_EXISTS(ErrorCategory.SESSION, 409),
    SESSION_CONFLICT(ErrorCategory.SESSION, 409),
    ILLEGAL_STATE(ErrorCategory.CALLER, 409),
    PRECONDITION_FAILED(ErrorCategory.CALLER, 412),
    MESSAGE_TOO_LARGE(ErrorCategory.CALLER, 413),
    PYTHON_RAISED(ErrorCategory.PYTHON, 422),
    /** Only in Python: a method of the application that it called has thrown. */
    HOST_RAISED(ErrorCategory.CALLER, 422),
    QUOTA_EXCEEDED(ErrorCategory.RESOURCE, 429),
    RATE_LIMITED(ErrorCategory.RESOURCE, 429),
    ENTRY_CORRUPT(ErrorCategory.SESSION, 500),
    INTERNAL(ErrorCategory.SYSTEM, 500),
    WORKER_LOST(ErrorCategory.COMMUNICATION, 502),
    WORKER_START_FAILED(ErrorCategory.SYSTEM, 502),
    CALL_INTERRUPTED(ErrorCategory.CALLER, 503),
    WORKERS_EXHAUSTED(ErrorCategory.RESOURCE, 503),
    STORE_UNAVAILABLE(ErrorCategory.COMMUNICATION, 503),
    QUARANTINED(ErrorCategory.RESOURCE, 503),
    CALL_TIMEOUT(ErrorCategory.TIMEOUT, 504);

    private final ErrorCategory category;
    private final int httpStatus;

    ErrorCode(ErrorCategory category, int httpStatus) {
        this.category = category;
        this.httpStatus = httpStatus;
    }

    public ErrorCategory category() {
        return category;
    }

    /** The HTTP status that the REST interface answers with. */
    public int httpStatus() {
        return httpStatus;
    }
}
