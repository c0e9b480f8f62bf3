// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** The connection is closed or used by another thread, or the pool is shut down. */
public final class ConnectionStateException extends PythonException {
    ConnectionStateException(ErrorDetail detail) {
        super(detail);
    }
}
