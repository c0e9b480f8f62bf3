// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import org.jspecify.annotations.Nullable;

/**
 * On whose behalf the store is asked. Another owner's session answers as if it did not exist, unless the caller is an
 * operator; what an operator does to another's session is in the audit.
 *
 * @param name the principal's name, 1 to 255 characters
 * @param reason why somebody does this by hand, up to 500 characters, empty if he does not say: then a change of a session's content is
 *     in the audit too, which it is not for calls. Null for calls
 */
public record Caller(
        String name, boolean operator, @Nullable String reason) {

    /** The store itself: timers, import, recovery. */
    public static final Caller SYSTEM = new Caller("serpentry", true);

    public Caller {
        Limits.name("caller", name);
        if (reason != null && !reason.isEmpty()) {
            Limits.line("reason", reason, Limits.REASON_LENGTH);
        }
    }

    public Caller(String name, boolean operator) {
        this(name, operator, null);
    }

    public static Caller of(String name) {
        return new Caller(name, false);
    }

    public static Caller operator(String name) {
        return new Caller(name, true);
    }

    /** The same, acting by hand for that reason. */
    public Caller because(String why) {
        return new Caller(name, operator, why);
    }

    /** Whether this caller may see a session of that owner. */
    public boolean sees(String owner) {
        return operator || name.equals(owner);
    }
}
