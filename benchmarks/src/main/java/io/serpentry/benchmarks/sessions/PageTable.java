// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import static io.serpentry.benchmarks.sessions.Table.cell;

import io.serpentry.benchmarks.sessions.SessionContest.Budget;
import io.serpentry.benchmarks.sessions.SessionContest.Outcome;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of pages of 50 sessions, from a list of 1,000 and from one of 100,000. */
final class PageTable {

    private static final int FEW = 1_000;
    private static final int MANY = 100_000;
    private static final int PAGE = 50;
    /** In both lists; each bears a word that no other session has. */
    private static final int OF_EVE = 100;

    private static final Caller OPERATOR = Caller.operator("operator");
    private static final Caller EVE = Caller.of("eve");

    private final SweepTable.Opener opener;
    private final Budget budget;

    PageTable(SweepTable.Opener opener, Budget budget) {
        this.opener = opener;
        this.budget = budget;
    }

    /** Whom to ask for what. */
    private record Question(Caller caller, SessionQuery query, boolean fromTheMiddle) {}

    private static Map<String, Question> questions() {
        SessionQuery page = SessionQuery.all().limit(PAGE);
        Map<String, Question> questions = new LinkedHashMap<>();
        questions.put("newest first", new Question(OPERATOR, page, false));
        questions.put(
                "oldest first", new Question(OPERATOR, page.order(SessionOrder.CREATED_ASCENDING), false));
        questions.put("by id", new Question(OPERATOR, page.order(SessionOrder.ID_ASCENDING), false));
        questions.put("newest first, from the middle on", new Question(OPERATOR, page, true));
        questions.put("of a kind, which all are", new Question(OPERATOR, page.kind(SessionKind.DURABLE), false));
        questions.put("of one owner, who has 100", new Question(OPERATOR, page.owner(EVE.name()), false));
        questions.put("for that owner", new Question(EVE, page, false));
        questions.put("with a word that 100 have", new Question(OPERATOR, page.text("needle"), false));
        return questions;
    }

    void write(PrintWriter out) throws Exception {
        try (SessionDatabase small = opener.open();
                SessionDatabase large = opener.open();
                Crew crew = new Crew(1)) {
            SessionStore few = filled(small, FEW);
            SessionStore many = filled(large, MANY);
            Table table = new Table(
                    out, small.name() + ", page of " + PAGE, "of 1,000, µs", "of 100,000, µs", "100,000 / 1,000");
            for (Map.Entry<String, Question> each : questions().entrySet()) {
                Outcome outcome = new SessionContest(crew, budget)
                        .hold(List.of(asking(few, each.getValue(), FEW), asking(many, each.getValue(), MANY)));
                table.row(
                        each.getKey(),
                        cell("%.0f", outcome.median(0)),
                        cell("%.0f", outcome.median(1)),
                        cell("%.2f", outcome.ratio(1, 0)));
            }
            table.end();
        }
    }

    private static SessionStore filled(SessionDatabase database, int sessions) throws Exception {
        BulkSessions bulk = new BulkSessions(database);
        bulk.insertLive(sessions - OF_EVE);
        SessionStore store = database.store(0);
        for (int i = 0; i < OF_EVE; i++) {
            store.create(EVE, NewSession.durable().metadata("note", "a needle"));
        }
        bulk.settle();
        return store;
    }

    private static Crew.Work asking(SessionStore store, Question question, int sessions) {
        SessionQuery query = question.query().cursor(question.fromTheMiddle() ? middle(store, sessions) : null);
        return (thread, count) -> {
            SessionPage page = store.page(question.caller(), query);
            if (page.items().size() != PAGE) {
                throw new IllegalStateException("A page has " + page.items().size() + " sessions");
            }
        };
    }

    /** Where the page ends that has the session in the middle of the list. */
    private static @Nullable String middle(SessionStore store, int sessions) {
        String cursor = null;
        for (int i = 0; i < sessions / 2; i += 500) {
            cursor = store.page(OPERATOR, SessionQuery.all().limit(500).cursor(cursor)).next();
        }
        return cursor;
    }
}
