// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** The calling thread was interrupted before or during the call; its interrupt flag is set. The message says whether the call was sent. */
public final class CallInterruptedException extends PythonException {
    CallInterruptedException(ErrorDetail detail) {
        super(detail);
    }
}
