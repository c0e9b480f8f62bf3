// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.FlywayException;
import org.hibernate.tool.schema.spi.SchemaManagementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SchemaTest {

    private static final int SCRIPTS = 9;
    private static final String LATEST = "9";
    private static final String BETWEEN_RELEASES = "classpath:db/between-releases";
    private static final String NEXT_RELEASE = "classpath:db/next-release";

    /** An empty database. */
    private static HikariDataSource empty(Dialect dialect) throws SQLException {
        if (dialect == Dialect.H2) {
            return Database.source("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "sa");
        }
        PostgresServer server = PostgresServer.shared();
        return Database.source(server.url(server.createDatabase()), server.user(), server.password());
    }

    private static void execute(HikariDataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anEmptyDatabaseMustGetTheSchemaOnce(Dialect dialect) throws SQLException {
        try (HikariDataSource source = empty(dialect)) {
            Schema.Outcome first = Schema.upgrade(source);
            Schema.Outcome second = Schema.upgrade(source);

            assertThat(first).isEqualTo(new Schema.Outcome(dialect, LATEST, SCRIPTS));
            assertThat(second).isEqualTo(new Schema.Outcome(dialect, LATEST, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void serversThatStartAtOnceMustMakeTheSchemaOnce(Dialect dialect) throws Exception {
        int servers = 4;
        ExecutorService threads = Executors.newFixedThreadPool(servers);
        CyclicBarrier together = new CyclicBarrier(servers);
        try (HikariDataSource source = empty(dialect)) {
            List<Future<Schema.Outcome>> starts = new ArrayList<>();
            for (int i = 0; i < servers; i++) {
                starts.add(threads.submit(() -> {
                    together.await();
                    return Schema.upgrade(source);
                }));
            }

            int scripts = 0;
            for (Future<Schema.Outcome> start : starts) {
                scripts += start.get(60, TimeUnit.SECONDS).scriptsRun();
            }

            assertThat(scripts).isEqualTo(SCRIPTS);
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aSchemaOfANewerReleaseMustBeRefused(Dialect dialect) throws SQLException {
        try (HikariDataSource source = empty(dialect)) {
            Schema.upgrade(source, NEXT_RELEASE);

            assertThatThrownBy(() -> Schema.upgrade(source))
                    .isInstanceOf(SchemaTooNewException.class)
                    .hasMessageContaining("schema version 999")
                    .hasMessageContaining("restore the backup");
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aScriptOfANewerReleaseThatIsNumberedBetweenMustBeRefusedToo(Dialect dialect) throws SQLException {
        try (HikariDataSource source = empty(dialect)) {
            Schema.upgrade(source, BETWEEN_RELEASES);

            assertThatThrownBy(() -> Schema.upgrade(source))
                    .isInstanceOf(SchemaTooNewException.class)
                    .hasMessageContaining("schema version 3.1");
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aScriptThatWasAlteredMustFailTheStart(Dialect dialect) throws SQLException {
        try (HikariDataSource source = empty(dialect)) {
            Schema.upgrade(source);
            execute(source, "update \"serpentry_schema\" set \"checksum\" = 1 where \"version\" = '2'");

            assertThatThrownBy(() -> Schema.upgrade(source))
                    .isInstanceOf(SchemaFailedException.class)
                    .hasMessageContainingAll("could not be brought to the version of this release", "checksum");
        }
    }

    @Test
    void onlyADatabaseThatDoesNotAnswerMustBeTriedAgain() {
        assertThat(Schema.failure(flyway("08006"))).isInstanceOf(StoreUnavailableException.class);
        assertThat(Schema.failure(flyway("40001"))).isInstanceOf(StoreUnavailableException.class);
        assertThat(Schema.failure(flyway("42501"))).isInstanceOf(SchemaFailedException.class);
        assertThat(Schema.failure(new FlywayException("none"))).isInstanceOf(SchemaFailedException.class);
    }

    private static FlywayException flyway(String state) {
        return new FlywayException("script", new SQLException("as the test wants it", state));
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aServerOfTheReleaseBeforeMustWorkOnWhileTheSchemaIsUpgraded(Dialect dialect) throws SQLException {
        try (HikariDataSource source = empty(dialect)) {
            Schema.upgrade(source);
            try (var entities = Entities.local(source)) {
                JpaSessionStore before = new JpaSessionStore(
                        new LocalTransactions(entities), dialect, SessionSettings.defaults(), InstantSource.system());
                Caller caller = Caller.of("somebody");
                before.create(caller, NewSession.durable().id("s"));

                Schema.upgrade(source, NEXT_RELEASE);

                before.save(caller, SessionDelta.of("s").increment("n", 1));
                before.create(caller, NewSession.durable().id("t"));
                assertThat(before.find(caller, "s")).isPresent();
                assertThat(before.find(caller, "t")).isPresent();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void tablesOfTheApplicationMustNotBeInTheWay(Dialect dialect) throws SQLException {
        try (HikariDataSource source = empty(dialect)) {
            execute(source, "create table claim (id bigint primary key)");

            assertThat(Schema.upgrade(source).scriptsRun()).isEqualTo(SCRIPTS);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aTableThatIsNotAsItIsMappedMustBeRefused(Dialect dialect) throws SQLException {
        try (HikariDataSource source = empty(dialect)) {
            Schema.upgrade(source);
            execute(source, "alter table serpentry_session drop column charged");

            assertThatThrownBy(() -> Entities.local(source))
                    .isInstanceOf(SchemaManagementException.class)
                    .hasMessageContaining("charged");
        }
    }

    @Test
    void noColumnOfPostgresMustBeALargeObject() throws SQLException {
        try (HikariDataSource source = empty(Dialect.POSTGRESQL)) {
            Schema.upgrade(source);

            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select table_name, column_name, data_type"
                            + " from information_schema.columns where column_name = 'bytes'")) {
                int columns = 0;
                while (rows.next()) {
                    columns++;
                    assertThat(rows.getString("data_type")).isEqualTo("bytea");
                }
                assertThat(columns).isEqualTo(2);
            }
        }
    }
}
