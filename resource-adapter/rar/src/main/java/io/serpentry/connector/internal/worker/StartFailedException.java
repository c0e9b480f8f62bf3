// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.PythonTrace;
import org.jspecify.annotations.Nullable;

/** A zygote or a worker did not start; the message says why, in one line. */
final class StartFailedException extends Exception {

    private final String stderr;
    private final transient @Nullable PythonTrace python;

    StartFailedException(String message, String stderr, @Nullable PythonTrace python, @Nullable Throwable cause) {
        super(message, cause);
        this.stderr = stderr;
        this.python = python;
    }

    /** The end of what Python wrote on its standard error, empty if nothing. */
    String stderr() {
        return stderr;
    }

    /** The Python exception, null if Python raised none. */
    @Nullable
    PythonTrace python() {
        return python;
    }
}
