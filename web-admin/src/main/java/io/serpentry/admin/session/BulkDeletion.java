// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.audit.Acts;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.http.Reason;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.audit.AuditNote;
import io.serpentry.session.Caller;
import io.serpentry.session.Limits;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Deletes all sessions that match, if they are as many as expected. They are listed first, page by page, and then deleted one by one,
 * each in a transaction of its own, so that no transaction is long and what was deleted stays so if the store fails on the way.
 */
@ApplicationScoped
public class BulkDeletion {

    /** How many one request may delete. */
    static final int MOST = 10_000;

    private static final int SHOWN = 20;

    @Inject
    SessionStore store;

    @Inject
    Acts acts;

    /**
     * What is asked for.
     *
     * @param matching without a cursor
     * @param text {@code matching} in the words of the request, for the audit
     * @param expected how many; null for a dry run
     */
    record Order(
            SessionQuery matching, String text, @Nullable Integer expected, String reason) {

        /**
         * Reads the query of a request.
         *
         * @throws io.serpentry.connector.InvalidArgumentException if a parameter is unknown, missing, stands twice, or has a value that
         *     can not be; the context's {@code field} names it
         */
        static Order of(Map<String, List<String>> parameters) {
            Query query = Query.of(parameters, "filter", "q", "expectedCount", "dryRun", Reason.NAME);
            String filter = query.single("filter");
            String q = query.single("q");
            if (filter == null && q == null) {
                throw Refusal.field("filter", "say by 'filter' or 'q' which sessions to delete");
            }
            String text = (filter == null ? "" : "filter=" + filter + " ") + (q == null ? "" : "q=" + q);
            Integer expected = expected(query);
            String reason = Reason.in(query);
            if (expected != null && reason.isEmpty()) {
                throw Refusal.field(Reason.NAME, "'reason' is missing: say for the audit why they are deleted");
            }
            return new Order(SessionQueries.matching(query), text.strip(), expected, reason);
        }

        private static @Nullable Integer expected(Query query) {
            boolean dry = query.isTrue("dryRun");
            String text = query.single("expectedCount");
            if (dry && text == null) {
                return null;
            }
            if (dry) {
                throw Refusal.field("expectedCount", "'expectedCount' has no meaning with dryRun=true");
            }
            if (text == null || !text.matches("[0-9]{1,5}") || Integer.parseInt(text) > MOST) {
                throw Refusal.field(
                        "expectedCount",
                        "'expectedCount' must be a number from 0 to " + MOST + "; dryRun=true tells it");
            }
            return Integer.valueOf(text);
        }
    }

    /**
     * Deletes them, or tells how many they are.
     *
     * @throws io.serpentry.connector.PythonException PRECONDITION_FAILED if they are not as many as expected; nothing was deleted then
     */
    BulkDocument run(Caller caller, Order order) {
        List<String> ids = matching(caller, order.matching());
        List<String> first = ids.subList(0, Math.min(SHOWN, ids.size()));
        Integer expected = order.expected();
        if (expected == null) {
            return new BulkDocument(Math.min(ids.size(), MOST), ids.size() > MOST, 0, first);
        }
        if (ids.size() != expected) {
            throw Refusal.notAsMany(expected, ids.size() > MOST ? "more than " + MOST : Integer.toString(ids.size()));
        }
        Caller acting = caller.because(order.reason());
        int deleted = 0;
        try {
            for (String id : ids) {
                deleted += store.delete(acting, id) ? 1 : 0;
            }
        } finally {
            acts.note(AuditNote.of(acting, "delete many", "sessions")
                    .detail(order.text())
                    .change(ids.size() + " sessions", ids.size() - deleted + " sessions"));
        }
        return new BulkDocument(ids.size(), false, deleted, first);
    }

    /** Their ids, but of more than {@link #MOST} only so many as show that there are more. */
    private List<String> matching(Caller caller, SessionQuery query) {
        List<String> ids = new ArrayList<>();
        String cursor = null;
        do {
            SessionPage page = store.page(
                    caller,
                    query.order(SessionOrder.ID_ASCENDING).cursor(cursor).limit(Limits.PAGE));
            page.items().stream().map(SessionInfo::id).forEach(ids::add);
            cursor = page.next();
        } while (cursor != null && ids.size() <= MOST);
        return ids;
    }
}
