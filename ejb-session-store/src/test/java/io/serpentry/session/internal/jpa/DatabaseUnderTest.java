// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.testkit.StoreUnderTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A store in a database that the tests share; it is emptied for each. */
final class DatabaseUnderTest implements StoreUnderTest {

    private static final List<String> TABLES =
            List.of("serpentry_session", "serpentry_outbox", "serpentry_audit", "serpentry_owner");

    private final Database database;
    private final SessionSettings settings;
    private final InstantSource clock;
    private final Wrapper wrapper;
    private final LocalTransactions transactions;
    private final SessionStore store;

    private DatabaseUnderTest(Database database, SessionSettings settings, InstantSource clock, Wrapper wrapper) {
        this.database = database;
        this.settings = settings;
        this.clock = clock;
        this.wrapper = wrapper;
        this.transactions = database.transactions();
        this.store = store(transactions);
    }

    /** What may stand between the tests and the store. */
    @FunctionalInterface
    interface Wrapper {
        SessionStore around(JpaSessionStore store, LocalTransactions transactions);
    }

    private SessionStore store(LocalTransactions itsTransactions) {
        return wrapper.around(
                new JpaSessionStore(itsTransactions, database.dialect(), settings, clock), itsTransactions);
    }

    /** Without sessions. */
    static DatabaseUnderTest emptied(Database database, SessionSettings settings, InstantSource clock)
            throws SQLException {
        return emptied(database, settings, clock, (store, transactions) -> store);
    }

    static DatabaseUnderTest emptied(Database database, SessionSettings settings, InstantSource clock, Wrapper wrapper)
            throws SQLException {
        try (Connection connection = database.source().getConnection()) {
            for (String table : TABLES) {
                Columns.update(connection, "delete from " + table);
            }
        }
        return new DatabaseUnderTest(database, settings, clock, wrapper);
    }

    @Override
    public SessionStore store() {
        return store;
    }

    @Override
    public SessionStore another() {
        return store(database.transactions());
    }

    @Override
    public StoreUnderTest reopened() {
        return new DatabaseUnderTest(database, settings, clock, wrapper);
    }

    @Override
    public <T> T inTransaction(Supplier<T> action) {
        return transactions.transaction(action);
    }

    @Override
    public StoredContent stored(String session, String name) {
        String sql = "select " + EntryHead.COLUMNS + ", " + EntryTable.CONTENT_COLUMNS
                + ", e.bytes from serpentry_entry e where e.session_id = ? and e.name = ?";
        return query(sql, rows -> EntryTable.stored(EntryHead.of(rows), rows).content(), session, name);
    }

    @Override
    public void replaceStored(String session, String name, UnaryOperator<StoredContent> change) {
        StoredContent content = change.apply(stored(session, name));
        String sql = "update serpentry_entry set format = ?, codec = ?, size = ?, stored_size = ?, crc = ?, sha256 = ?,"
                + " bytes = ? where session_id = ? and name = ?";
        try (Connection connection = database.source().getConnection()) {
            Columns.update(
                    connection,
                    sql,
                    content.format(),
                    content.codec(),
                    content.size(),
                    content.storedSize(),
                    content.crc(),
                    content.sha256(),
                    content.bytes(),
                    session,
                    name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long storedSessions() {
        return query("select count(*) from serpentry_session", rows -> rows.getLong(1));
    }

    @Override
    public long storedEntries(String session) {
        return query("select count(*) from serpentry_entry where session_id = ?", rows -> rows.getLong(1), session);
    }

    @Override
    public long storedVersions(String session) {
        String sql = "select count(*) from serpentry_entry_history where session_id = ? and name <> ''";
        return query(sql, rows -> rows.getLong(1), session);
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> T query(String sql, Reader<T> reader, Object... values) {
        try (Connection connection = database.source().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = Columns.bind(statement, values).executeQuery()) {
            if (!rows.next()) {
                throw new AssertionError("Nothing is stored: " + sql);
            }
            return reader.read(rows);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        // The database outlives the test.
    }
}
