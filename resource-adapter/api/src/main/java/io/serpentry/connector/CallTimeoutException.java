// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** The call passed its deadline. If it was sent, its worker is dead (with {@code threadsPerWorker} above 1: ended as soon as its other calls are done); {@link #python()} holds the Python stack at that moment where it could be had. */
public final class CallTimeoutException extends PythonException {
    CallTimeoutException(ErrorDetail detail) {
        super(detail);
    }
}
