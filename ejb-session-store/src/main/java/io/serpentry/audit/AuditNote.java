// SPDX-License-Identifier: Apache-2.0
package io.serpentry.audit;

import io.serpentry.session.Caller;
import io.serpentry.session.Limits;

/**
 * An act that is to be in the audit. What is too long in {@code detail}, {@code before} and {@code after} is cut.
 *
 * @param caller who did it, and why
 * @param action up to 32 characters, lower case
 * @param subject to what, for example {@code worker default-1}; up to 255 characters
 * @param detail empty for none
 * @param before what was so before, empty if it is not known
 * @param after what is so since, empty if it is not known
 */
public record AuditNote(Caller caller, String action, String subject, String detail, String before, String after) {

    private static final int ACTION = 32;

    public AuditNote {
        Limits.line("action", action, ACTION);
        Limits.name("subject", subject);
    }

    /** An act of which nothing more is to be said. */
    public static AuditNote of(Caller caller, String action, String subject) {
        return new AuditNote(caller, action, subject, "", "", "");
    }

    public AuditNote detail(String value) {
        return new AuditNote(caller, action, subject, value, before, after);
    }

    /** What it has changed. */
    public AuditNote change(String from, String to) {
        return new AuditNote(caller, action, subject, detail, from, to);
    }
}
