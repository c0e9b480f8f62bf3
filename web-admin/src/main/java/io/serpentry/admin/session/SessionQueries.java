// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Choice;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.session.Limits;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionState;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters of a list of sessions: {@code limit, cursor, sort, filter, q}. */
final class SessionQueries {

    private SessionQueries() {}

    /**
     * Reads the query of a request.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if a parameter is unknown, stands twice, or has a value that
     *     can not be; the context's {@code field} names it
     */
    static SessionQuery of(Map<String, List<String>> parameters) {
        Query query = Query.of(parameters, "limit", "cursor", "sort", "filter", "q");
        return of(query).cursor(query.single("cursor")).limit(PageRequest.limit(query));
    }

    /** The same where all pages are wanted: {@code sort, filter, q}. */
    static SessionQuery ofAllPages(Map<String, List<String>> parameters) {
        return of(Query.of(parameters, "sort", "filter", "q"));
    }

    /** What {@code filter} and {@code q} say. */
    static SessionQuery matching(Query query) {
        return filtered(SessionQuery.all(), query.single("filter")).text(text(query.single("q")));
    }

    private static SessionQuery of(Query query) {
        return matching(query).order(order(query.single("sort")));
    }

    private static @Nullable String text(@Nullable String q) {
        if (q != null) {
            Limits.name("q", q);
            Limits.atMost("length of q", q.length(), Limits.TEXT_LENGTH);
        }
        return q;
    }

    private static SessionOrder order(@Nullable String sort) {
        return switch (sort == null ? "-createdAt" : sort) {
            case "createdAt" -> SessionOrder.CREATED_ASCENDING;
            case "-createdAt" -> SessionOrder.CREATED_DESCENDING;
            case "id" -> SessionOrder.ID_ASCENDING;
            case "-id" -> SessionOrder.ID_DESCENDING;
            default -> throw Refusal.field("sort", "sort must be createdAt, -createdAt, id or -id");
        };
    }

    /** {@code owner:name,kind:durable,state:damaged}; an owner with a comma in it can be found by {@code q}. */
    private static SessionQuery filtered(SessionQuery query, @Nullable String filter) {
        if (filter == null) {
            return query;
        }
        SessionQuery filtered = query;
        Set<String> names = new HashSet<>();
        for (String condition : filter.split(",", -1)) {
            int colon = condition.indexOf(':');
            String name = colon < 0 ? condition : condition.substring(0, colon);
            String value = colon < 0 ? "" : condition.substring(colon + 1);
            if (!names.add(name)) {
                throw Refusal.field("filter", "filter names '" + name + "' more than once");
            }
            filtered = filtered(filtered, name, value);
        }
        return filtered;
    }

    private static SessionQuery filtered(SessionQuery query, String name, String value) {
        return switch (name) {
            case "owner" -> query.owner(value);
            case "kind" -> query.kind(Choice.of("filter", name, value, SessionKind.values()));
            case "state" -> query.state(Choice.of("filter", name, value, SessionState.values()));
            default -> throw Refusal.field("filter", "filter can name owner, kind and state, not '" + name + "'");
        };
    }
}
