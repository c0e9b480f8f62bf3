// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import com.zaxxer.hikari.HikariDataSource;
import io.serpentry.session.model.RandomOperations;
import io.serpentry.session.model.StoreUnderTest;
import io.serpentry.testkit.PostgresServer;
import java.sql.SQLException;
import javax.sql.DataSource;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class PostgresRandomOperationsTest extends RandomOperations {

    private static JpaStoreUnderTest subject;

    @BeforeContainer
    static void open() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        subject = new JpaStoreUnderTest(new OnServer(server, server.createDatabase()));
    }

    @AfterContainer
    static void close() {
        subject.close();
    }

    private record OnServer(PostgresServer server, String database) implements JpaStoreUnderTest.Power {

        @Override
        public HikariDataSource on() {
            return Database.source(server.url(database), server.user(), server.password());
        }

        @Override
        public void off(DataSource source) {
            server.execute(
                    "postgres",
                    "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '" + database + "'");
        }
    }

    @Override
    protected StoreUnderTest subject() {
        return subject;
    }
}
