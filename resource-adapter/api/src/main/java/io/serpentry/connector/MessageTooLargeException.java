// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** The call or its result is over the pool's {@code maxMessageSize}; the context holds {@code size} and {@code limit}. The connection can be used on. */
public final class MessageTooLargeException extends PythonException {
    MessageTooLargeException(ErrorDetail detail) {
        super(detail);
    }
}
