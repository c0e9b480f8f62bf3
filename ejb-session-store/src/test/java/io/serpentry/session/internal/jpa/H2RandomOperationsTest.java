// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import com.zaxxer.hikari.HikariDataSource;
import io.serpentry.session.model.RandomOperations;
import io.serpentry.session.model.StoreUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.h2.api.ErrorCode;

/** On a database in a file, as a server has it that names no other. */
class H2RandomOperationsTest extends RandomOperations {

    private static Path directory;
    private static JpaStoreUnderTest subject;

    @BeforeContainer
    static void open() throws IOException, SQLException {
        directory = Files.createTempDirectory("sessions");
        subject = new JpaStoreUnderTest(new InFile(directory.resolve("sessions")));
    }

    @AfterContainer
    static void close() throws IOException {
        subject.close();
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /** Without a delay before it writes: what it has acknowledged must be there after a crash. */
    private record InFile(Path file) implements JpaStoreUnderTest.Power {

        @Override
        public HikariDataSource on() {
            return Database.source("jdbc:h2:file:" + file + ";WRITE_DELAY=0;LOCK_TIMEOUT=30000", "sa", "sa");
        }

        @Override
        public void off(DataSource source) throws SQLException {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("shutdown immediately");
            } catch (SQLException e) {
                if (e.getErrorCode() != ErrorCode.DATABASE_CALLED_AT_SHUTDOWN) {
                    throw e;
                }
            }
        }
    }

    @Override
    protected StoreUnderTest subject() {
        return subject;
    }
}
