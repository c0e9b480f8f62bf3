// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import org.jspecify.annotations.Nullable;

/**
 * Which sessions a list shows. Null leaves a condition out. Immutable; each method gives a new one.
 *
 * @param owner exactly; a caller who is no operator sees his own only, whatever this says
 * @param text a part of the id, the owner or a metadata value, without regard to case; up to 200 characters
 * @param cursor where the last page ended ({@link SessionPage#next}); null for the first page
 * @param limit 1 to 500
 */
public record SessionQuery(
        @Nullable String owner,
        @Nullable SessionKind kind,
        @Nullable SessionState state,
        @Nullable String text,
        SessionOrder order,
        @Nullable String cursor,
        int limit) {

    public SessionQuery {
        if (owner != null) {
            Limits.name("owner", owner);
        }
        if (text != null) {
            Limits.atMost("length of the text", text.length(), Limits.TEXT_LENGTH);
        }
        Limits.atLeast("limit", limit, 1);
        Limits.atMost("limit", limit, Limits.PAGE);
    }

    public static SessionQuery all() {
        return new SessionQuery(null, null, null, null, SessionOrder.CREATED_DESCENDING, null, 100);
    }

    public SessionQuery owner(@Nullable String value) {
        return new SessionQuery(value, kind, state, text, order, cursor, limit);
    }

    public SessionQuery kind(@Nullable SessionKind value) {
        return new SessionQuery(owner, value, state, text, order, cursor, limit);
    }

    public SessionQuery state(@Nullable SessionState value) {
        return new SessionQuery(owner, kind, value, text, order, cursor, limit);
    }

    public SessionQuery text(@Nullable String value) {
        return new SessionQuery(owner, kind, state, value, order, cursor, limit);
    }

    public SessionQuery order(SessionOrder value) {
        return new SessionQuery(owner, kind, state, text, value, cursor, limit);
    }

    public SessionQuery cursor(@Nullable String value) {
        return new SessionQuery(owner, kind, state, text, order, value, limit);
    }

    public SessionQuery limit(int value) {
        return new SessionQuery(owner, kind, state, text, order, cursor, value);
    }
}
