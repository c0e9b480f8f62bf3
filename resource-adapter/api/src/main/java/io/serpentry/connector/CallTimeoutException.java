// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** The call passed its deadline. Its worker is dead; {@link #python()} holds the Python stack at that moment where it could be had. */
public final class CallTimeoutException extends PythonException {
    CallTimeoutException(ErrorDetail detail) {
        super(detail);
    }
}
