// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import java.util.function.Predicate;

/** The roles that web.xml declares. Each URL asks for one of them; what only some may do is said at the method. */
public final class Roles {

    /** Sees the state of pools and workers. */
    public static final String VIEWER = "viewer";
    /** Also calls functions, and sees tracebacks and what Python wrote. */
    public static final String OPERATOR = "operator";

    /** Also exports and imports sessions, and sees what is masked. */
    public static final String ADMIN = "admin";

    private Roles() {}

    /**
     * Whether the caller may see tracebacks and the output of Python processes, which can hold paths and data.
     *
     * @param caller tells whether the caller has a role
     */
    public static boolean seesTracebacks(Predicate<String> caller) {
        return caller.test(OPERATOR) || caller.test(ADMIN);
    }
}
