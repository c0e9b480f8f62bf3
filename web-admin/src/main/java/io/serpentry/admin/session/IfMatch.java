// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.problem.Refusal;
import io.serpentry.session.SessionDelta;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header {@code If-Match}: which revision of a session a change is based on. */
final class IfMatch {

    static final String HEADER = "If-Match";

    private static final Pattern REVISION = Pattern.compile("\"([1-9][0-9]{0,17})\"");

    private IfMatch() {}

    /** Refuses a condition where none is served. */
    static void requireNone(List<String> given) {
        if (!given.isEmpty()) {
            throw Refusal.field(HEADER, "If-Match is served with PATCH alone; leave it out");
        }
    }

    /**
     * The revision that is meant, {@link SessionDelta#ANY_REVISION} if none is.
     *
     * @param given each header of that name
     * @throws io.serpentry.connector.InvalidArgumentException if it is neither one revision in quotes nor {@code *}
     */
    static long revision(List<String> given) {
        if (given.isEmpty() || given.equals(List.of("*"))) {
            return SessionDelta.ANY_REVISION;
        }
        Matcher matcher = REVISION.matcher(String.join(", ", given));
        if (!matcher.matches()) {
            throw Refusal.field(
                    HEADER, "If-Match must be one revision of the session as its ETag has it, such as \"7\"");
        }
        return Long.parseLong(matcher.group(1));
    }
}
