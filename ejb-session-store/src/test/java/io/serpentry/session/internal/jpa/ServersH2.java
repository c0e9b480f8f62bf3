// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import com.zaxxer.hikari.HikariDataSource;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The store on an H2 in a file, with the options and the transactions that a server has. */
final class ServersH2 implements AutoCloseable {

    private static final Path SCRIPT = Path.of("../ear/src/main/scripts/server.cli");
    private static final Pattern OPTIONS = Pattern.compile("jdbc:h2:file:[^;]*(;[^}]*)}");

    private final Path file;
    private final HikariDataSource source;
    private final LocalJta jta;
    private final EntityManagerFactory entities;
    private final JtaTransactions transactions;
    private final JpaSessionStore store;

    ServersH2(Path directory, SessionSettings settings, InstantSource clock) throws IOException, SQLException {
        file = directory.resolve("sessions.mv.db");
        source = Database.source("jdbc:h2:file:" + directory.resolve("sessions") + options(), "sa", "sa");
        Schema.upgrade(source);
        jta = new LocalJta(source);
        entities = Entities.local(jta.source());
        transactions = new JtaTransactions(entities, jta, jta, Dialect.H2);
        store = new JpaSessionStore(transactions, Dialect.H2, settings, clock);
    }

    private static String options() throws IOException {
        Matcher matcher = OPTIONS.matcher(Files.readString(SCRIPT));
        if (!matcher.find() || !matcher.group(1).contains("WRITE_DELAY=0")) {
            throw new AssertionError("no URL of H2 in " + SCRIPT.toAbsolutePath());
        }
        return matcher.group(1);
    }

    JpaSessionStore store() {
        return store;
    }

    JtaTransactions transactions() {
        return transactions;
    }

    LocalJta jta() {
        return jta;
    }

    HikariDataSource source() {
        return source;
    }

    long fileSize() throws IOException {
        return Files.size(file);
    }

    @Override
    public void close() {
        entities.close();
        source.close();
    }
}
