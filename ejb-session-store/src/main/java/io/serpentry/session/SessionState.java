// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

/** What an operator would want to know first about a session that lives. */
public enum SessionState {
    ACTIVE,
    /** At least one entry is in quarantine; the others can be used. */
    DAMAGED
}
