// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import io.serpentry.session.Limits;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;

/**
 * Why somebody does something, for the audit; empty if he does not say. Each method throws {@link
 * io.serpentry.connector.InvalidArgumentException} for what can not be one, whose context's {@code field} is {@code reason}.
 */
public final class Reason {

    /** The name of the parameter and of the member. */
    public static final String NAME = "reason";

    private Reason() {}

    /** The parameter of a request. */
    public static String in(Query query) {
        String given = query.single(NAME);
        return given == null ? "" : checked(given);
    }

    /** The body of a request that needs none: empty, or a JSON object with no other member. */
    public static String in(HttpServletRequest request, InputStream body) {
        return RequestBody.optionalJson(request, body)
                .map(json -> JsonBody.of(json, NAME).text(NAME))
                .map(Reason::checked)
                .orElse("");
    }

    private static String checked(String reason) {
        if (!reason.isEmpty()) {
            Limits.line(NAME, reason, Limits.REASON_LENGTH);
        }
        return reason;
    }
}
