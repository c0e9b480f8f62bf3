// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionState;
import io.serpentry.session.internal.store.PageCursor;
import jakarta.persistence.EntityManager;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Path;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A page of sessions: one statement, which begins where the last page ended and reads no entry's bytes. */
final class PageQuery {

    private static final char ESCAPE = '!';

    private final Caller caller;
    private final SessionQuery query;
    private final Instant now;

    PageQuery(Caller caller, SessionQuery query, Instant now) {
        this.caller = caller;
        this.query = query;
        this.now = now;
    }

    SessionPage page(EntityManager entities) {
        CriteriaBuilder builder = entities.getCriteriaBuilder();
        CriteriaQuery<SessionRow> criteria = builder.createQuery(SessionRow.class);
        Root<SessionRow> session = criteria.from(SessionRow.class);
        criteria.where(conditions(builder, session).toArray(Predicate[]::new));
        order(builder, criteria, session);
        // One more than asked for says whether there is a next page.
        List<SessionInfo> found =
                entities.createQuery(criteria).setMaxResults(query.limit() + 1).getResultList().stream()
                        .map(SessionRow::info)
                        .toList();
        boolean more = found.size() > query.limit();
        List<SessionInfo> items = more ? found.subList(0, query.limit()) : found;
        return new SessionPage(items, more ? cursor(items.get(items.size() - 1)) : null);
    }

    private String cursor(SessionInfo last) {
        return new PageCursor(query.order(), last.createdAt().toEpochMilli(), last.id()).encoded();
    }

    private List<Predicate> conditions(CriteriaBuilder builder, Root<SessionRow> session) {
        List<Predicate> conditions = new ArrayList<>();
        // It never is null: that keeps H2 from taking the index of this column, by which it would read and sort all
        // sessions for each page.
        conditions.add(builder.or(
                builder.greaterThan(session.get("expiresAt"), now.toEpochMilli()),
                builder.isNull(session.get("expiresAt"))));
        if (!caller.operator()) {
            conditions.add(builder.equal(session.get("owner"), caller.name()));
        }
        if (query.owner() != null) {
            conditions.add(builder.equal(session.get("owner"), query.owner()));
        }
        if (query.kind() != null) {
            conditions.add(builder.equal(session.get("kind"), Numbers.of(query.kind())));
        }
        if (query.state() != null) {
            Expression<Long> quarantined = session.get("quarantined");
            conditions.add(
                    query.state() == SessionState.DAMAGED
                            ? builder.greaterThan(quarantined, 0L)
                            : builder.equal(quarantined, 0L));
        }
        if (query.text() != null) {
            // No value holds a control character or half of a surrogate pair, and the line ends are between values.
            conditions.add(
                    query.text().matches("[^\\p{Cntrl}\\p{Cs}]*")
                            ? builder.like(session.get("search"), "%" + literal(query.text()) + "%", ESCAPE)
                            : builder.disjunction());
        }
        if (query.cursor() != null) {
            conditions.add(after(builder, session, PageCursor.decoded(query.cursor(), query.order())));
        }
        return conditions;
    }

    private static String literal(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("([!%_])", "!$1");
    }

    private Predicate after(CriteriaBuilder builder, Root<SessionRow> session, PageCursor cursor) {
        Path<String> id = session.get("id");
        Path<Long> createdAt = session.get("createdAt");
        return switch (query.order()) {
            case ID_ASCENDING -> builder.greaterThan(id, cursor.id());
            case ID_DESCENDING -> builder.lessThan(id, cursor.id());
            // The bound is said twice: a database looks up the first in its index, and of the second it makes a filter
            // only.
            case CREATED_ASCENDING ->
                builder.and(
                        builder.greaterThanOrEqualTo(createdAt, cursor.createdAt()),
                        builder.or(
                                builder.greaterThan(createdAt, cursor.createdAt()),
                                builder.greaterThan(id, cursor.id())));
            case CREATED_DESCENDING ->
                builder.and(
                        builder.lessThanOrEqualTo(createdAt, cursor.createdAt()),
                        builder.or(builder.lessThan(createdAt, cursor.createdAt()), builder.lessThan(id, cursor.id())));
        };
    }

    private void order(CriteriaBuilder builder, CriteriaQuery<SessionRow> criteria, Root<SessionRow> session) {
        boolean ascending =
                query.order() == SessionOrder.ID_ASCENDING || query.order() == SessionOrder.CREATED_ASCENDING;
        criteria.orderBy(sortKey().stream()
                .map(session::get)
                .map(column -> ascending ? builder.asc(column) : builder.desc(column))
                .toList());
    }

    /** The owner says nothing where all have the same, but lets H2 take the index. */
    private List<String> sortKey() {
        boolean oneOwner = !caller.operator() || query.owner() != null;
        return switch (query.order()) {
            case ID_ASCENDING, ID_DESCENDING -> List.of("id");
            case CREATED_ASCENDING, CREATED_DESCENDING ->
                oneOwner ? List.of("owner", "createdAt", "id") : List.of("createdAt", "id");
        };
    }
}
