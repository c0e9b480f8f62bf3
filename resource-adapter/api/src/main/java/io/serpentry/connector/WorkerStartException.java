// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** A worker could not be started; the message holds the cause, {@code context().get("stderr")} the end of what Python wrote. */
public final class WorkerStartException extends PythonException {
    WorkerStartException(ErrorDetail detail) {
        super(detail);
    }
}
