// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionState;
import io.serpentry.session.internal.jpa.ManySessions.One;
import io.serpentry.session.internal.jpa.StatementLog.Executed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists of 100,000 sessions: what they show, and what the database does for them. Only those that walk through all pages are long. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
abstract class ManySessionsContract {

    private static final Caller OPERATOR = Caller.operator("operator");
    private static final int FEW = 1_000;
    private static final int MANY = 100_000;
    private static final int PAGE = 100;

    private ManySessions few;
    private ManySessions many;

    /** A list that somebody wants, and which sessions it is to show. */
    record Wanted(String name, Caller caller, SessionQuery query, Predicate<One> shown) {

        private static Wanted byOperator(String name, SessionQuery query, Predicate<One> shown) {
            return new Wanted(name, OPERATOR, query, shown);
        }

        private static Wanted allIn(SessionOrder order) {
            return byOperator(order.name(), SessionQuery.all().order(order), one -> true);
        }

        private List<One> of(ManySessions sessions) {
            return sessions.sorted(shown, query.order());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    abstract Database open() throws SQLException;

    /** What goes before a statement that is to be executed and explained. */
    abstract String explain();

    /** By the step that read the most: whoever sorts or scans more than the page has read it before. */
    abstract long rowsRead(String explanation);

    @BeforeAll
    void fill() throws SQLException {
        few = new ManySessions(open(), FEW);
        many = new ManySessions(open(), MANY);
    }

    @AfterAll
    void close() {
        few.close();
        many.close();
    }

    /** An index has them in the order of the list. */
    static Stream<Wanted> indexed() {
        SessionQuery all = SessionQuery.all();
        Predicate<One> seven = one -> one.owner().equals("owner7");
        return Stream.of(
                Wanted.allIn(SessionOrder.CREATED_DESCENDING),
                Wanted.allIn(SessionOrder.CREATED_ASCENDING),
                Wanted.allIn(SessionOrder.ID_ASCENDING),
                Wanted.allIn(SessionOrder.ID_DESCENDING),
                Wanted.byOperator("owner", all.owner("owner7"), seven),
                Wanted.byOperator(
                        "owner, oldest first", all.owner("owner7").order(SessionOrder.CREATED_ASCENDING), seven),
                new Wanted("own", Caller.of("owner7"), all, seven));
    }

    /** Those that are not shown are passed over. */
    static Stream<Wanted> filtered() {
        SessionQuery all = SessionQuery.all();
        return Stream.of(
                Wanted.byOperator("kind", all.kind(SessionKind.TEMPORARY), one -> one.kind() == SessionKind.TEMPORARY),
                Wanted.byOperator("active", all.state(SessionState.ACTIVE), one -> !one.isDamaged()),
                Wanted.byOperator("damaged", all.state(SessionState.DAMAGED), One::isDamaged),
                Wanted.byOperator("text", all.text("TOPIC7"), one -> one.topic().equals("topic7")),
                Wanted.byOperator(
                        "owner, kind, state and text by id",
                        all.owner("owner30")
                                .kind(SessionKind.TEMPORARY)
                                .state(SessionState.ACTIVE)
                                .text("topic30")
                                .order(SessionOrder.ID_ASCENDING),
                        one -> one.number() % 100 == 30));
    }

    static Stream<Wanted> lists() {
        return Stream.concat(indexed(), filtered());
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("lists")
    void aListMustShowEachSessionThatMatchesOnceAndInOrder(Wanted wanted) {
        List<String> seen = new ArrayList<>();
        SessionQuery query = wanted.query().limit(500);
        SessionPage page = many.page(wanted.caller(), query);
        seen.addAll(ids(page));
        while (page.next() != null) {
            page = many.page(wanted.caller(), query.cursor(page.next()));
            seen.addAll(ids(page));
        }

        assertThat(seen)
                .isNotEmpty()
                .isEqualTo(wanted.of(many).stream().map(One::id).toList());
    }

    private static List<String> ids(SessionPage page) {
        return page.items().stream().map(SessionInfo::id).toList();
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(SessionOrder.class)
    void aListMustShowEachSessionOnceWhileOthersComeAndGo(SessionOrder order) throws Exception {
        List<String> seen = new ArrayList<>();
        try (PassingSessions others = PassingSessions.in(many)) {
            SessionQuery query = SessionQuery.all().order(order).limit(500);
            SessionPage page = many.page(OPERATOR, query);
            seen.addAll(ids(page));
            while (page.next() != null) {
                others.awaitAnother();
                page = many.page(OPERATOR, query.cursor(page.next()));
                seen.addAll(ids(page));
            }
        }

        assertThat(seen).doesNotHaveDuplicates();
        assertThat(seen.stream().filter(id -> !PassingSessions.isOne(id)).toList())
                .isEqualTo(Wanted.allIn(order).of(many).stream().map(One::id).toList());
    }

    @ParameterizedTest
    @MethodSource("lists")
    void aPageMustCostTheSameStatementHoweverManySessionsThereAre(Wanted wanted) {
        List<SessionQuery> pages = pages(many, wanted);
        List<SessionQuery> pagesOfFew = pages(few, wanted);
        for (int i = 0; i < pages.size(); i++) {
            assertThat(texts(many, wanted, pages.get(i))).hasSize(1).isEqualTo(texts(few, wanted, pagesOfFew.get(i)));
        }
    }

    private static List<String> texts(ManySessions sessions, Wanted wanted, SessionQuery page) {
        return sessions.statements(wanted.caller(), page).stream()
                .map(Executed::sql)
                .toList();
    }

    /** The first page, one in the middle and the last one. */
    private static List<SessionQuery> pages(ManySessions sessions, Wanted wanted) {
        List<One> all = wanted.of(sessions);
        SessionQuery first = wanted.query().limit(PAGE);
        SessionOrder order = first.order();
        return List.of(
                first,
                first.cursor(all.get(all.size() / 2).cursor(order)),
                first.cursor(all.get(Math.max(0, all.size() - PAGE)).cursor(order)));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void noPageMustReadWhatAnEntryHolds(Wanted wanted) {
        for (SessionQuery page : pages(many, wanted)) {
            assertThat(many.statements(wanted.caller(), page)).isNotEmpty().allSatisfy(statement -> assertThat(
                            statement.sql().toLowerCase(Locale.ROOT))
                    .startsWith("select")
                    .doesNotContain("bytes")
                    .doesNotContainPattern("\\w\\.\\*")
                    .doesNotContainPattern("select\\s+\\*"));
        }
    }

    @ParameterizedTest
    @MethodSource("indexed")
    void noPageMustReadMoreThanAHundredthOfTheSessions(Wanted wanted) throws SQLException {
        for (SessionQuery page : pages(many, wanted)) {
            for (Executed statement : many.statements(wanted.caller(), page)) {
                String explanation = explained(statement);

                assertThat(rowsRead(explanation)).as(explanation).isBetween(1L, MANY / 100L);
            }
        }
    }

    private String explained(Executed executed) throws SQLException {
        try (Connection connection = many.connection();
                PreparedStatement statement = executed.prepared(connection, explain());
                ResultSet rows = statement.executeQuery()) {
            StringBuilder text = new StringBuilder();
            while (rows.next()) {
                text.append(rows.getString(1)).append('\n');
            }
            return text.toString();
        }
    }
}
