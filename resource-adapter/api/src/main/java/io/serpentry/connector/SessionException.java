// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/**
 * Something went wrong with a session or with the store that keeps it. The kinds are in {@code io.serpentry.session}; a
 * {@link #code()} tells them apart without that package.
 */
public abstract non-sealed class SessionException extends PythonException {
    protected SessionException(ErrorDetail detail) {
        super(detail);
    }
}
