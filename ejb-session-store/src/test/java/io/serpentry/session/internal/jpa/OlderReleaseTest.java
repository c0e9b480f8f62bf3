// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.serpentry.audit.AuditQuery;
import io.serpentry.audit.AuditRow;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryRead;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.testkit.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables as the first script makes them, filled, and upgraded while servers of that release go on with their statements. */
class OlderReleaseTest {

    private static final Caller ADA = Caller.of("ada");
    private static final Instant NOW = Instant.now();

    private static HikariDataSource empty(Dialect dialect) throws SQLException {
        if (dialect == Dialect.H2) {
            return Database.source("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "sa");
        }
        PostgresServer server = PostgresServer.shared();
        return Database.source(server.url(server.createDatabase()), server.user(), server.password());
    }

    private static void firstScript(HikariDataSource source, Dialect dialect) {
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/serpentry/" + dialect.scripts())
                .table(Schema.HISTORY_TABLE)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .target("1")
                .load()
                .migrate();
    }

    /** What a server of that release writes: to be left as it is, whatever later scripts do. */
    private static final class OldServer {

        private final HikariDataSource source;
        private final Dialect dialect;

        OldServer(HikariDataSource source, Dialect dialect) {
            this.source = source;
            this.dialect = dialect;
        }

        private int update(String sql, Object... values) throws SQLException {
            try (Connection connection = source.getConnection()) {
                return Columns.update(connection, sql, values);
            }
        }

        private long change() throws SQLException {
            try (Connection connection = source.getConnection();
                    PreparedStatement statement = connection.prepareStatement("select " + dialect.nextChange());
                    ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }

        /** A session at revision 2, whose entry was replaced once. */
        void create(String id) throws SQLException {
            long created = change();
            long replaced = change();
            StoredContent one = StoredContent.of("one".getBytes(StandardCharsets.UTF_8), Codec.NONE);
            StoredContent two = StoredContent.of("two".getBytes(StandardCharsets.UTF_8), Codec.NONE);
            update(
                    "insert into serpentry_session (id, owner, kind, created_at, last_accessed_at, expires_at, idle_millis,"
                            + " lifetime_millis, metadata, search, base, structure, high, history_floor, change, changed_at,"
                            + " changed_by, entry_count, charged) values (?, 'ada', 0, ?, ?, ?, 3600000, null, ?, ?, -1, 1, 0, 0,"
                            + " ?, ?, 'ada', 1, 1024)",
                    id,
                    NOW,
                    NOW,
                    NOW.plus(Duration.ofHours(1)),
                    Metadata.text(Map.of()),
                    Metadata.search(id, "ada", Map.of()),
                    created,
                    NOW);
            update(
                    "insert into serpentry_entry (version, born, change, written_at, written_by, media_type, counter, format,"
                            + " codec, size, stored_size, crc, sha256, bytes, session_id, name)"
                            + " values (2, 1, ?, ?, 'ada', 'text/plain', null, ?, ?, ?, ?, ?, ?, ?, ?, 'e')",
                    replaced,
                    NOW,
                    two.format(),
                    two.codec(),
                    two.size(),
                    two.storedSize(),
                    two.crc(),
                    two.sha256(),
                    two.bytes(),
                    id);
            update(
                    "insert into serpentry_entry_history (session_id, name, version, born, change, written_at, written_by,"
                            + " media_type, counter, format, codec, size, stored_size, crc, sha256, quarantined_at, bytes,"
                            + " ended_change, ended_at, ended_by, removed) values (?, 'e', 1, 1, ?, ?, 'ada', 'text/plain', null,"
                            + " ?, ?, ?, ?, ?, ?, null, ?, ?, ?, 'ada', false)",
                    id,
                    created,
                    NOW,
                    one.format(),
                    one.codec(),
                    one.size(),
                    one.storedSize(),
                    one.crc(),
                    one.sha256(),
                    one.bytes(),
                    replaced,
                    NOW);
            update(
                    "insert into serpentry_audit (at, principal, action, session_id, owner, detail)"
                            + " values (?, 'ada', 'create', ?, 'ada', '')",
                    NOW,
                    id);
        }

        void goOn(String id) throws SQLException {
            int touched = update(
                    "update serpentry_session set last_accessed_at = greatest(last_accessed_at, ?),"
                            + " expires_at = greatest(expires_at, ?) where id = ?",
                    NOW,
                    NOW.plus(Duration.ofHours(2)),
                    id);
            assertThat(touched).isEqualTo(1);
            update("insert into serpentry_owner (owner) values (?)", "owner of " + id);
            update(
                    "insert into serpentry_lease (session_id, holder, valid_to) values (?, 'old', ?)",
                    id,
                    NOW.plus(Duration.ofHours(1)));
        }

        void end(String id) throws SQLException {
            update(
                    "insert into serpentry_outbox (session_id, owner, kind, reason, at)"
                            + " select id, owner, kind, 0, ? from serpentry_session where id = ?",
                    NOW,
                    id);
            assertThat(update("delete from serpentry_session where id = ?", id)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void whatItWroteMustBeThereAndWhatItWritesMustBeUnderstood(Dialect dialect) throws SQLException {
        try (HikariDataSource source = empty(dialect)) {
            firstScript(source, dialect);
            OldServer old = new OldServer(source, dialect);
            old.create("before");
            old.goOn("before");
            old.create("ended before");
            old.end("ended before");

            assertThat(Schema.upgrade(source).scriptsRun()).isPositive();
            old.create("after");
            old.goOn("after");
            old.create("ended after");
            old.end("ended after");

            try (var entities = Entities.local(source)) {
                JpaSessionStore store = new JpaSessionStore(
                        new LocalTransactions(entities), dialect, SessionSettings.defaults(), InstantSource.system());
                for (String id : List.of("before", "after")) {
                    requireWhole(store, id);
                }
                List<SessionEnded> ended = new ArrayList<>();
                store.deliver(10, ended::add);
                assertThat(ended).extracting(SessionEnded::session).containsExactly("ended before", "ended after");
                assertThat(store.audit(AuditQuery.all().action("create")).items())
                        .extracting(AuditRow::session)
                        .containsExactly("ended after", "after", "ended before", "before");
            }
        }
    }

    private static void requireWhole(JpaSessionStore store, String id) {
        assertThat(store.find(ADA, id).orElseThrow().info().revision()).isEqualTo(2);
        assertThat(text(store.entries(ADA, id, Set.of("e"), Set.of()).get(0))).isEqualTo("two");
        assertThat(text(store.version(ADA, id, "e", 1).orElseThrow())).isEqualTo("one");
        assertThat(store.tryLease(id, "new", NOW.plus(Duration.ofHours(1)))).isFalse();
        assertThat(store.revisions(ADA, id)).hasSize(2);
        store.save(ADA, SessionDelta.of(id).increment("n", 1));
        store.restore(ADA, id, 1);
        assertThat(text(store.entries(ADA, id, Set.of("e"), Set.of()).get(0))).isEqualTo("one");
    }

    private static String text(EntryRead read) {
        return ((EntryRead.Content) read).text();
    }
}
