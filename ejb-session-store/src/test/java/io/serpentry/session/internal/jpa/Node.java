// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import com.zaxxer.hikari.HikariDataSource;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.testkit.PostgresServer;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.time.InstantSource;

/** What one server has of its own: connections, entity manager factory and store, on a database that others use too. */
final class Node implements AutoCloseable {

    private final HikariDataSource source;
    private final EntityManagerFactory entities;
    private final JpaSessionStore store;

    private Node(HikariDataSource source, SessionSettings settings, InstantSource clock) throws SQLException {
        this.source = source;
        Dialect dialect = Schema.upgrade(source).dialect();
        entities = Entities.local(source);
        store = new JpaSessionStore(new LocalTransactions(entities), dialect, settings, clock);
    }

    static Node postgres(PostgresServer server, String database, SessionSettings settings, InstantSource clock)
            throws SQLException {
        return new Node(Database.source(server.url(database), server.user(), server.password()), settings, clock);
    }

    static Node h2(String name, SessionSettings settings, InstantSource clock) throws SQLException {
        String url = "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=30000";
        return new Node(Database.source(url, "sa", "sa"), settings, clock);
    }

    /** From now on it soon gives up waiting for a connection. */
    Node impatient() {
        source.getHikariConfigMXBean().setConnectionTimeout(250);
        return this;
    }

    JpaSessionStore store() {
        return store;
    }

    HikariDataSource source() {
        return source;
    }

    @Override
    public void close() {
        entities.close();
        source.close();
    }
}
