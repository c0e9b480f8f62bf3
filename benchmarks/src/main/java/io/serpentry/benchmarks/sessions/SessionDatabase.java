// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.jpa.Dialect;
import io.serpentry.session.internal.jpa.JpaSessionStore;
import io.serpentry.session.internal.jpa.Schema;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.testkit.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** An empty database with the store's schema in it, and the one pool of connections that all contestants use. */
final class SessionDatabase implements AutoCloseable {

    /** What {@code ear/src/main/scripts/server.cli} has after the name of the file. */
    static final String H2_OPTIONS =
            ";WRITE_DELAY=0;RETENTION_TIME=1000;ANALYZE_AUTO=0;OPTIMIZE_REUSE_RESULTS=FALSE";

    static final int HISTORY = 10;
    private static final int CONNECTIONS = 24;

    private final String name;
    private final HikariDataSource pool;
    private final DataSource source;
    private final Dialect dialect;
    private final OwnTransactions transactions;

    private SessionDatabase(String name, HikariDataSource pool, UnaryOperator<DataSource> wrapper) throws SQLException {
        this.name = name;
        this.pool = pool;
        source = wrapper.apply(pool);
        dialect = Schema.upgrade(pool).dialect();
        transactions = new OwnTransactions(source, dialect);
    }

    static SessionDatabase h2(Path file) throws SQLException {
        return h2(file, UnaryOperator.identity());
    }

    /** With something between the pool and who uses it. */
    static SessionDatabase h2(Path file, UnaryOperator<DataSource> wrapper) throws SQLException {
        return new SessionDatabase("H2", pool("jdbc:h2:file:" + file + H2_OPTIONS, "sa", "sa"), wrapper);
    }

    static SessionDatabase postgres(PostgresServer server) throws SQLException {
        return postgres(server, UnaryOperator.identity());
    }

    /** With something between the pool and who uses it. */
    static SessionDatabase postgres(PostgresServer server, UnaryOperator<DataSource> wrapper) throws SQLException {
        String url = server.url(server.createDatabase());
        return new SessionDatabase("PostgreSQL", pool(url, server.user(), server.password()), wrapper);
    }

    private static HikariDataSource pool(String url, String user, String password) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(CONNECTIONS);
        return new HikariDataSource(config);
    }

    String name() {
        return name;
    }

    DataSource source() {
        return source;
    }

    Dialect dialect() {
        return dialect;
    }

    /** The floor, Spring, the store without history and with the usual one. Once for each database: they make their tables. */
    List<Keeper> keepers() throws SQLException {
        return List.of(
                new FloorKeeper(source, dialect),
                new SpringKeeper(source, dialect),
                new StoreKeeper("ours", store(0)),
                new StoreKeeper("ours, history", store(HISTORY)));
    }

    /** As in production, but for the transaction manager. */
    SessionStore store(int history) {
        SessionSettings usual = SessionSettings.defaults();
        SessionSettings settings = new SessionSettings(
                usual.idleTimeout(),
                usual.temporaryIdleTimeout(),
                usual.lifetime(),
                usual.touchInterval(),
                usual.maxEntrySize(),
                usual.maxEntries(),
                usual.maxBytes(),
                usual.maxSessionsPerOwner(),
                history,
                usual.historyAge(),
                usual.codec());
        return new JpaSessionStore(transactions, dialect, settings, InstantSource.system());
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public void close() {
        transactions.close();
        pool.close();
    }
}
