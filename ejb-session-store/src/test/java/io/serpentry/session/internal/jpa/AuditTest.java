// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.audit.AuditNote;
import io.serpentry.audit.AuditPage;
import io.serpentry.audit.AuditQuery;
import io.serpentry.audit.AuditRow;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.internal.store.SessionSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is in the audit, and how it is read. */
class AuditTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Caller OPERATOR = Caller.operator("olga");

    private Database database;
    private JpaSessionStore store;
    private Instant now = START;

    private void open(Dialect dialect) throws SQLException {
        database = dialect == Dialect.H2 ? Database.h2() : Database.postgres();
        store = new JpaSessionStore(database.transactions(), dialect, SessionSettings.defaults(), () -> now);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private AuditRow newest() {
        return store.audit(AuditQuery.all().limit(1)).items().get(0);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void whatSomebodyDoesToASessionByHandMustBeThereWithItsReason(Dialect dialect) throws SQLException {
        open(dialect);
        Caller byHand = OPERATOR.because("ticket 4711");

        store.create(byHand, NewSession.durable().id("s").owner("ada"));
        assertThat(newest().action()).isEqualTo("create");
        assertThat(newest().reason()).isEqualTo("ticket 4711");

        store.save(byHand, SessionDelta.of("s").increment("calls", 1));
        store.save(byHand, SessionDelta.of("s").increment("calls", 1));
        assertThat(newest())
                .usingRecursiveComparison()
                .ignoringFields("id")
                .isEqualTo(new AuditRow(
                        0, START, "olga", "change", "s", "ada", "", "ticket 4711", "entry calls", "", "revision 3"));

        store.restore(byHand, "s", 2);
        assertThat(newest().action() + ": " + newest().detail() + ", " + newest().after())
                .isEqualTo("restore: to revision 2, revision 4");

        assertThat(store.delete(byHand, "s")).isTrue();
        assertThat(newest().action()).isEqualTo("delete");
        assertThat(newest().reason()).isEqualTo("ticket 4711");
        assertThat(store.audit(AuditQuery.all().session("s")).items()).hasSize(5);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aVersionThatAnOperatorReadsMustBeThere(Dialect dialect) throws SQLException {
        open(dialect);
        Caller owner = Caller.of("ada");
        store.create(owner, NewSession.durable().id("s"));
        store.save(owner, SessionDelta.of("s").increment("calls", 1));
        store.save(owner, SessionDelta.of("s").increment("calls", 1));

        store.version(owner, "s", "calls", 1);
        store.version(Caller.SYSTEM, "s", "calls", 1);
        assertThat(newest().action()).isEqualTo("create");

        store.version(OPERATOR, "s", "calls", 1);
        assertThat(newest().action() + " " + newest().session() + " " + newest().detail())
                .isEqualTo("read s calls version 1");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void theEndOfATemporarySessionMustBeThereOnlyIfAnotherHasEndedIt(Dialect dialect) throws SQLException {
        open(dialect);
        Caller owner = Caller.of("ada");
        store.create(owner, NewSession.temporary().id("one"));
        store.create(owner, NewSession.temporary().id("two"));

        store.delete(owner, "one");
        assertThat(store.audit(AuditQuery.all()).items()).isEmpty();

        store.delete(OPERATOR, "two");
        assertThat(newest().action()).isEqualTo("delete");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void whatACallChangesMustNotBeThere(Dialect dialect) throws SQLException {
        open(dialect);
        store.create(Caller.of("ada"), NewSession.durable().id("s"));

        store.save(Caller.of("ada"), SessionDelta.of("s").increment("calls", 1));
        store.save(Caller.of("ada"), SessionDelta.of("s").increment("calls", 1));

        assertThat(store.audit(AuditQuery.all()).items())
                .extracting(AuditRow::action)
                .containsExactly("create");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anActOnSomethingElseMustBeThereWithWhatItChanged(Dialect dialect) throws SQLException {
        open(dialect);

        store.note(AuditNote.of(OPERATOR.because("leaks"), "cordon", "worker default-1")
                .detail("x".repeat(2000))
                .change("serving", "cordoned"));

        AuditRow row = newest();
        assertThat(row.subject()).isEqualTo("worker default-1");
        assertThat(row.reason()).isEqualTo("leaks");
        assertThat(row.before()).isEqualTo("serving");
        assertThat(row.after()).isEqualTo("cordoned");
        assertThat(row.session()).isEmpty();
        assertThat(row.detail()).hasSize(1000).endsWith("x…");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void pagesMustHoldEveryRowOnceTheNewestFirstThoughNewOnesCome(Dialect dialect) throws SQLException {
        open(dialect);
        for (int i = 0; i < 10; i++) {
            store.note(AuditNote.of(OPERATOR, "recycle", "worker " + i));
        }
        List<String> subjects = new ArrayList<>();
        AuditPage page = store.audit(AuditQuery.all().limit(3));
        while (page.more()) {
            page.items().forEach(row -> subjects.add(row.subject()));
            store.note(AuditNote.of(OPERATOR, "recycle", "worker of later"));
            page = store.audit(
                    AuditQuery.all().limit(3).before(page.items().get(2).id()));
        }
        page.items().forEach(row -> subjects.add(row.subject()));

        assertThat(subjects)
                .containsExactly(
                        "worker 9",
                        "worker 8",
                        "worker 7",
                        "worker 6",
                        "worker 5",
                        "worker 4",
                        "worker 3",
                        "worker 2",
                        "worker 1",
                        "worker 0");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void eachConditionMustHoldForEachRow(Dialect dialect) throws SQLException {
        open(dialect);
        store.create(Caller.of("ada"), NewSession.durable().id("s"));
        now = START.plusSeconds(1);
        store.note(AuditNote.of(OPERATOR, "cordon", "worker w"));
        now = START.plusSeconds(2);
        store.note(AuditNote.of(Caller.operator("otto"), "cordon", "worker w"));

        assertThat(actions(AuditQuery.all().action("cordon"))).containsExactly("otto cordon", "olga cordon");
        assertThat(actions(AuditQuery.all().principal("olga"))).containsExactly("olga cordon");
        assertThat(actions(AuditQuery.all().session("s"))).containsExactly("ada create");
        assertThat(actions(AuditQuery.all().between(START.plusSeconds(1), START.plusSeconds(2))))
                .as("from is in it, to is not")
                .containsExactly("olga cordon");
        assertThat(actions(AuditQuery.all().action("cordon").session("s"))).isEmpty();
    }

    private List<String> actions(AuditQuery query) {
        return store.audit(query).items().stream()
                .map(row -> row.principal() + " " + row.action())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void noPageMustBeMadeBySortingRows(Dialect dialect) throws SQLException {
        open(dialect);
        execute(
                "insert into serpentry_audit (at, principal, action, session_id, owner, detail) select n, 'p' || mod(n, 5),"
                        + " 'a' || mod(n, 4), 's' || mod(n, 10), 'o', '' from "
                        + (dialect == Dialect.H2
                                ? "system_range(1, 20000) as r(n)"
                                : "generate_series(1, 20000) as r(n)"));
        execute("analyze");
        for (AuditQuery query : List.of(
                AuditQuery.all(),
                AuditQuery.all().before(10_000L),
                AuditQuery.all().action("a1"),
                AuditQuery.all().principal("p1").before(10_000L),
                AuditQuery.all().session("s1"))) {
            String plan = plan(query);

            assertThat(plan).as(query.toString()).doesNotContain("Sort ", "tableScan");
            if (dialect == Dialect.H2) {
                assertThat(plan).contains("/* index sorted */");
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.source().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private String plan(AuditQuery query) throws SQLException {
        Audit.Statement wanted = Audit.statement(query);
        StringBuilder plan = new StringBuilder();
        try (Connection connection = database.source().getConnection();
                PreparedStatement statement = connection.prepareStatement("explain " + wanted.sql());
                ResultSet lines =
                        Columns.bind(statement, wanted.values().toArray()).executeQuery()) {
            while (lines.next()) {
                plan.append(lines.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }
}
