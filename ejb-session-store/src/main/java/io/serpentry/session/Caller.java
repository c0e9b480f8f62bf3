// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

/**
 * On whose behalf the store is asked. Another owner's session answers as if it did not exist, unless the caller is an
 * operator; what an operator does to another's session is in the audit.
 *
 * @param name the principal's name, 1 to 255 characters
 */
public record Caller(String name, boolean operator) {

    /** The store itself: timers, import, recovery. */
    public static final Caller SYSTEM = new Caller("serpentry", true);

    public Caller {
        Limits.name("caller", name);
    }

    public static Caller of(String name) {
        return new Caller(name, false);
    }

    public static Caller operator(String name) {
        return new Caller(name, true);
    }

    /** Whether this caller may see a session of that owner. */
    public boolean sees(String owner) {
        return operator || name.equals(owner);
    }
}
