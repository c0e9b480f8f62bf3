// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.Caller;
import io.serpentry.session.KeptHook;
import io.serpentry.session.NewSession;
import io.serpentry.session.internal.store.SessionSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a note that something is to be done after a commit. */
class KeptHookTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123Z");
    private static final Caller ADA = Caller.of("ada");
    private static final Caller OPERATOR = Caller.operator("olga");

    private Database database;
    private LocalTransactions transactions;
    private JpaSessionStore store;

    private void open(String kind) throws SQLException {
        database = kind.equals("H2") ? Database.h2() : Database.postgres();
        transactions = database.transactions();
        store = new JpaSessionStore(transactions, database.dialect(), SessionSettings.defaults(), () -> START);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static KeptHook hook(String id, Instant at) {
        return new KeptHook(id, "s", "send " + id, at, "ada", "node1");
    }

    private static KeptHook hook(String id) {
        return hook(id, START);
    }

    private List<String> ids(int limit) {
        return store.keptHooks(limit).stream().map(KeptHook::id).toList();
    }

    /** Who did what to which session of whom, and the details. */
    private List<String> audit() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = database.source().getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "select principal, action, session_id, owner, detail from serpentry_audit"
                                + " where action <> 'create' order by id");
                ResultSet found = query.executeQuery()) {
            while (found.next()) {
                rows.add("%s %s %s of %s, %s"
                        .formatted(
                                found.getString(1),
                                found.getString(2),
                                found.getString(3),
                                found.getString(4),
                                found.getString(5)));
            }
        }
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void aNoteMustBeThereFromTheCommitOn(String kind) throws SQLException {
        open(kind);

        List<String> before = transactions.transaction(() -> {
            store.keep(hook("a"));
            List<String> seen = new ArrayList<>();
            Threads.run(1, thread -> seen.addAll(ids(10)));
            return seen;
        });

        assertThat(before).isEmpty();
        assertThat(store.keptHooks(10)).containsExactly(hook("a"));
        assertThat(store.keptHook("a")).contains(hook("a"));
        assertThat(store.keptHook("b")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void aRollbackMustLeaveNoNote(String kind) throws SQLException {
        open(kind);

        Throwable undone = catchThrowable(() -> transactions.transaction(() -> {
            store.keep(hook("a"));
            throw new IllegalStateException("undo");
        }));

        assertThat(undone).hasMessage("undo");
        assertThat(ids(10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void notesOfHooksThatHaveRunMustGoWhateverBecomesOfTheThreadsTransaction(String kind) throws SQLException {
        open(kind);
        List.of("a", "b", "c").forEach(id -> store.keep(hook(id)));

        Throwable undone = catchThrowable(() -> transactions.transaction(() -> {
            assertThat(store.done(List.of("a", "c", "never"))).isEqualTo(2);
            throw new IllegalStateException("undo");
        }));

        assertThat(undone).hasMessage("undo");
        assertThat(ids(10)).containsExactly("b");
        assertThat(store.done(List.of("a"))).isZero();
        assertThat(audit()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void pagesMustHoldEachNoteOnceWhateverItsAge(String kind) throws SQLException {
        open(kind);
        List.of("d", "b", "e", "a", "c").forEach(id -> store.keep(hook(id, START.plusSeconds(id.charAt(0) % 3))));

        assertThat(store.keptHooks(null, 2)).extracting(KeptHook::id).containsExactly("a", "b");
        assertThat(store.keptHooks("b", 2)).extracting(KeptHook::id).containsExactly("c", "d");
        assertThat(store.keptHooks("d", 2)).extracting(KeptHook::id).containsExactly("e");
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void theOldestMustComeFirstAndNoMoreThanWanted(String kind) throws SQLException {
        open(kind);
        store.keep(hook("young", START.plusMillis(2)));
        store.keep(hook("old-2", START));
        store.keep(hook("middle", START.plusMillis(1)));
        store.keep(hook("old-1", START));

        assertThat(ids(4)).containsExactly("old-1", "old-2", "middle", "young");
        assertThat(ids(3)).containsExactly("old-1", "old-2", "middle");
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void theAuditMustSayWhoHasDealtWithOne(String kind) throws SQLException {
        open(kind);
        store.create(Caller.of("bob"), NewSession.durable().id("s"));
        store.keep(hook("a"));
        store.keep(hook("b"));

        assertThat(store.dismiss(OPERATOR, "a")).isTrue();
        assertThat(store.dismiss(OPERATOR, "a")).isFalse();
        store.delete(Caller.of("bob"), "s");
        assertThat(store.dismiss(OPERATOR, "b")).isTrue();

        assertThat(ids(10)).isEmpty();
        assertThat(audit())
                .containsExactly(
                        "olga dismiss s of bob, a: send a",
                        "bob delete s of bob, ",
                        "olga dismiss s of ada, b: send b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void ofManyWhoHaveDealtWithOneTheAuditMustNameOne(String kind) throws SQLException {
        open(kind);
        store.keep(hook("a"));
        List<Boolean> outcomes = Collections.synchronizedList(new ArrayList<>());

        Threads.run(8, thread -> outcomes.add(store.dismiss(Caller.operator("olga" + thread), "a")));

        assertThat(outcomes).hasSize(8).containsOnlyOnce(true);
        assertThat(audit()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\u0000"})
    void whatCanNotBeAnIdMustBeRefused(String id) throws SQLException {
        open("PostgreSQL");

        assertThatThrownBy(() -> store.dismiss(ADA, id)).isInstanceOf(InvalidArgumentException.class);
    }
}
