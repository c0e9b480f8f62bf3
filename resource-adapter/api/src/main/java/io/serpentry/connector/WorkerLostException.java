// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** The worker died during the call. The message names worker, call and how it died (signal or exit status); the call may have had effects. */
public final class WorkerLostException extends PythonException {
    WorkerLostException(ErrorDetail detail) {
        super(detail);
    }
}
