// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** The Python function raised, or its result has no JSON form. The worker is well and the connection can be used on. */
public final class PythonRaisedException extends PythonException {
    PythonRaisedException(ErrorDetail detail) {
        super(detail);
    }
}
