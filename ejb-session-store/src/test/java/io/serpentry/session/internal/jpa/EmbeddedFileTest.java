// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2 in a file, with the options that the server's data source has, except that it keeps old chunks for a shorter time. */
class EmbeddedFileTest {

    private static final String OPTIONS = ";WRITE_DELAY=0;RETENTION_TIME=100;ANALYZE_AUTO=0";
    private static final int ROWS = 40_000;

    @TempDir
    Path directory;

    private final Random random = new Random(1);
    private HikariDataSource source;

    @BeforeEach
    void open() {
        source = Database.source("jdbc:h2:file:" + directory.resolve("sessions") + OPTIONS, "sa", "sa");
    }

    @AfterEach
    void close() {
        source.close();
    }

    private long fileSize() throws IOException {
        return Files.size(directory.resolve("sessions.mv.db"));
    }

    /** Each in a transaction of its own. */
    private void updates(Statement statement, int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            statement.executeUpdate("update t set n = n + 1 where id = " + random.nextInt(ROWS));
        }
    }

    @Test
    void aFileThatIsCompactedMustNotGrowWithTheNumberOfCommits() throws Exception {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table t(id int primary key, n bigint, payload varchar(300)) as"
                    + " select x - 1, 0, repeat('p', 300) from system_range(1, " + ROWS + ")");
            for (int round = 0; round < 20; round++) {
                updates(statement, 1000);
                EmbeddedFile.compact(connection, Duration.ofSeconds(5));
            }

            assertThat(fileSize()).as("40,000 rows of 300 bytes").isLessThan(100L << 20);
            try (ResultSet rows = statement.executeQuery("select sum(n) from t")) {
                rows.next();
                assertThat(rows.getLong(1)).isEqualTo(20_000);
            }
        }
    }

    @Test
    void aDatabaseInMemoryMustHaveNothingToCompact() throws SQLException {
        try (Database memory = Database.h2();
                Connection connection = memory.source().getConnection()) {
            assertThat(EmbeddedFile.compact(connection, Duration.ofSeconds(1))).isFalse();
        }
    }

    @Test
    void numbersMustGoOnAboveThoseThatAKilledProcessMayHaveGivenOut() throws SQLException {
        Schema.upgrade(source);
        long before = next();
        insertAudit(41);

        Schema.upgrade(source);

        assertThat(next()).isGreaterThan(before + 100_000);
        assertThat(insertAudit(0)).isEqualTo(42);
    }

    @Test
    void aDatabaseWhoseUrlDoesNotSaySoMustNotAnswerWithResultsItKept() throws SQLException {
        Schema.upgrade(source);

        try (Connection connection = source.getConnection()) {
            SessionLocal session =
                    (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
            assertThat(session.getDatabase().getOptimizeReuseResults()).isFalse();
        }
    }

    private long next() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select next value for serpentry_change")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** With that id, or for 0 with a generated one, which it gives. */
    private long insertAudit(long id) throws SQLException {
        String columns = "at, principal, action, session_id, owner, detail";
        String sql = id == 0
                ? "insert into serpentry_audit (" + columns + ") values (0, '', '', '', '', '')"
                : "insert into serpentry_audit (id, " + columns + ") overriding system value values (" + id
                        + ", 0, '', '', '', '', '')";
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql, Statement.RETURN_GENERATED_KEYS);
            try (ResultSet keys = statement.getGeneratedKeys()) {
                keys.next();
                return keys.getLong(1);
            }
        }
    }
}
