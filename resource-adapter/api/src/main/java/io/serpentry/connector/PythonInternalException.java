// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** A fault of Serpentry or of the machine below it; the message says what was seen. */
public final class PythonInternalException extends PythonException {
    PythonInternalException(ErrorDetail detail) {
        super(detail);
    }
}
