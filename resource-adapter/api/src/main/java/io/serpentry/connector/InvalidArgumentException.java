// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** An argument, a setting of the call or the wanted result type does not fit; the message names it. The connection can be used on. */
public final class InvalidArgumentException extends PythonException {
    InvalidArgumentException(ErrorDetail detail) {
        super(detail);
    }
}
