// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import io.serpentry.session.Limits;
import io.serpentry.session.SessionOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a page ended: the sort key of its last session. Opaque to callers, and good for one order only. */
public record PageCursor(SessionOrder order, long createdAt, String id) {

    private static final Pattern FORM = Pattern.compile("([A-Z_]+) (\\d{1,18}) ([A-Za-z0-9][A-Za-z0-9._:~@-]{0,127})");

    public String encoded() {
        String text = order + " " + createdAt + " " + id;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Throws INVALID_ARGUMENT if it is none of ours, or of another order. */
    public static PageCursor decoded(String cursor, SessionOrder order) {
        Matcher matcher = FORM.matcher(text(cursor));
        if (!matcher.matches()) {
            throw Limits.refused("cursor", "the value of next", "The cursor is not one that a page has given");
        }
        if (!matcher.group(1).equals(order.name())) {
            throw Limits.refused("cursor", "the order " + order, "The cursor is of another order than " + order);
        }
        return new PageCursor(order, Long.parseLong(matcher.group(2)), matcher.group(3));
    }

    private static String text(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
