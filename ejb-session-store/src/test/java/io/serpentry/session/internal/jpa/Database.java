// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.serpentry.testkit.PostgresServer;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** A database of its own with the schema in it, and a pool of connections to it. */
final class Database implements AutoCloseable {

    private static final int CONNECTIONS = 24;

    private final HikariDataSource source;
    private final Dialect dialect;
    private final EntityManagerFactory entities;

    private Database(String url, String user, String password) throws SQLException {
        source = source(url, user, password);
        dialect = Schema.upgrade(source).dialect();
        entities = Entities.local(source);
    }

    /** In memory. */
    static Database h2() throws SQLException {
        return new Database("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=30000", "sa", "sa");
    }

    static Database postgres() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        return new Database(server.url(server.createDatabase()), server.user(), server.password());
    }

    static HikariDataSource source(String url, String user, String password) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    DataSource source() {
        return source;
    }

    Dialect dialect() {
        return dialect;
    }

    EntityManagerFactory entities() {
        return entities;
    }

    LocalTransactions transactions() {
        return new LocalTransactions(entities);
    }

    @Override
    public void close() {
        entities.close();
        source.close();
    }
}
