// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.audit;

import io.serpentry.admin.http.Filter;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.audit.AuditQuery;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of the audit: {@code limit, cursor, filter, from, to}. */
final class AuditQueries {

    private AuditQueries() {}

    /**
     * Reads the query of a request.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if a parameter is unknown, stands twice, or has a value that can
     *     not be; the context's {@code field} names it
     */
    static AuditQuery of(Map<String, List<String>> parameters) {
        Query query = Query.of(parameters, "limit", "cursor", "filter", "from", "to");
        Filter filter = Filter.of(query.single("filter"), "action", "principal", "session");
        return AuditQuery.all()
                .action(filter.value("action"))
                .principal(filter.value("principal"))
                .session(filter.value("session"))
                .between(instant(query, "from"), instant(query, "to"))
                .before(cursor(query))
                .limit(PageRequest.limit(query));
    }

    private static @Nullable Long cursor(Query query) {
        String after = PageRequest.after(query);
        if (after == null) {
            return null;
        }
        if (!after.matches("[0-9]{1,18}")) {
            throw Refusal.field("cursor", "cursor is not one that the audit has given as its 'next'");
        }
        return Long.valueOf(after);
    }

    private static @Nullable Instant instant(Query query, String name) {
        String text = query.single(name);
        try {
            Instant instant = text == null ? null : Instant.parse(text);
            return instant == null ? null : Instant.ofEpochMilli(instant.toEpochMilli());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw Refusal.field(name, "'" + name + "' must be an instant such as 2026-01-02T03:04:05Z");
        }
    }
}
