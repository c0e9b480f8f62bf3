// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** What kind of thing went wrong; each {@link ErrorCode} belongs to one. */
public enum ErrorCategory {
    /** Time ran out. */
    TIMEOUT,
    /** Something there is only so much of was used up. */
    RESOURCE,
    /** The line to the worker or the store broke. */
    COMMUNICATION,
    /** Serpentry itself, or the machine below it. */
    SYSTEM,
    /** The Python code. */
    PYTHON,
    /** The state of a session. */
    SESSION,
    /** The caller asked for something that can not be. */
    CALLER
}
