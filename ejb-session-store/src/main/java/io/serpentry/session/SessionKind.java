// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

/** How long a session is meant to be kept. */
public enum SessionKind {
    /** Until it is deleted, or expires. */
    DURABLE,
    /** For one piece of work; short-lived, and not in the audit. */
    TEMPORARY
}
