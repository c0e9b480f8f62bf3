// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** All workers were in use for as long as the blocking timeout allows; the message holds the pool's numbers. */
public final class WorkersExhaustedException extends PythonException {
    WorkersExhaustedException(ErrorDetail detail) {
        super(detail);
    }
}
