// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionOrder;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.jpa.StatementLog.Executed;
import io.serpentry.session.internal.store.PageCursor;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A database with a number of sessions, each with an entry. They are made by one statement for each table; three at a time are of the same
 * moment, and their ids are in another order than they were created in.
 */
final class ManySessions implements AutoCloseable {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Instant NOW = START.plus(Duration.ofDays(1));

    private static final String SESSIONS = """
            insert into serpentry_session (id, owner, kind, created_at, last_accessed_at, expires_at, idle_millis, metadata, search,
              base, structure, high, history_floor, change, changed_at, changed_by, entry_count, charged)
            select id, owner, case when mod(n, 10) = 0 then 1 else 0 end, created_at, created_at, created_at + %1$d, %1$d,
              '{"topic":"' || topic || '"}', id || chr(10) || owner || chr(10) || topic, 0, 1, 0, 0, n, created_at, owner, 1, 1024
            from (select n, 's' || lpad(cast(mod(n * 7919, %2$d) as varchar), 6, '0') as id, 'owner' || mod(n, 100) as owner,
              'topic' || mod(n, 50) as topic, %3$d + n / 3 as created_at from %4$s) numbered""";

    private static final String ENTRIES = """
            insert into serpentry_entry (session_id, name, version, born, change, written_at, written_by, media_type, format, codec,
              size, stored_size, crc, sha256, quarantined_at, bytes)
            select id, 'state', 1, 1, change, created_at, owner, 'text/plain', 1, 0, 100, 100, 0, id,
              case when mod(change, 100) = 7 then created_at end, cast(? as bytea) from serpentry_session""";

    private final Database database;
    private final int count;
    private final StatementLog log = new StatementLog();
    private final EntityManagerFactory entities;
    private final SessionStore store;

    /** One of them, as a list shows it. */
    record One(int number, String id, long createdAt) {

        String owner() {
            return "owner" + number % 100;
        }

        SessionKind kind() {
            return number % 10 == 0 ? SessionKind.TEMPORARY : SessionKind.DURABLE;
        }

        String topic() {
            return "topic" + number % 50;
        }

        boolean isDamaged() {
            return number % 100 == 7;
        }

        String cursor(SessionOrder order) {
            return new PageCursor(order, createdAt, id).encoded();
        }
    }

    /** Closes the database in the end. */
    ManySessions(Database database, int count) throws SQLException {
        this.database = database;
        this.count = count;
        fill();
        entities = Entities.local(log.of(database.source()));
        store = new JpaSessionStore(
                new LocalTransactions(entities),
                database.dialect(),
                SessionSettings.defaults(),
                InstantSource.fixed(NOW));
    }

    private void fill() throws SQLException {
        String numbers =
                switch (database.dialect()) {
                    case H2 -> "(select x as n from system_range(0, " + (count - 1) + ")) numbers";
                    case POSTGRESQL -> "generate_series(0, " + (count - 1) + ") n";
                };
        long lifetime = Duration.ofDays(1000).toMillis();
        try (Connection connection = database.source().getConnection()) {
            Columns.update(connection, SESSIONS.formatted(lifetime, count, START.toEpochMilli(), numbers));
            Columns.update(connection, ENTRIES, new byte[100]);
            Columns.update(connection, "analyze");
        }
    }

    private One one(int number) {
        String id = "s%06d".formatted(number * 7919L % count);
        return new One(number, id, START.toEpochMilli() + number / 3);
    }

    /** Those that match, in that order. */
    List<One> sorted(Predicate<One> condition, SessionOrder order) {
        return IntStream.range(0, count)
                .mapToObj(this::one)
                .filter(condition)
                .sorted(comparator(order))
                .toList();
    }

    private static Comparator<One> comparator(SessionOrder order) {
        Comparator<One> byId = Comparator.comparing(One::id);
        Comparator<One> byCreation = Comparator.comparing(One::createdAt).thenComparing(byId);
        return switch (order) {
            case ID_ASCENDING -> byId;
            case ID_DESCENDING -> byId.reversed();
            case CREATED_ASCENDING -> byCreation;
            case CREATED_DESCENDING -> byCreation.reversed();
        };
    }

    SessionStore store() {
        return store;
    }

    SessionPage page(Caller caller, SessionQuery query) {
        return store.page(caller, query);
    }

    /** What is executed for a page. */
    List<Executed> statements(Caller caller, SessionQuery query) {
        return log.during(() -> page(caller, query));
    }

    Connection connection() throws SQLException {
        return database.source().getConnection();
    }

    @Override
    public void close() {
        entities.close();
        database.close();
    }
}
