// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationKind;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MigrationStatistics;
import jakarta.json.Json;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements on migrations. */
final class MigrationTable {

    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());
    private static final JsonBuilderFactory BUILDERS = Json.createBuilderFactory(Map.of());

    private static final String INSERT =
            "insert into serpentry_migration (id, plan_id, kind, pool, from_worker, to_worker,"
                    + " targets, deadline, reason, state, server, instance, principal, outcome, created_at, started_at, seen_at, total,"
                    + " moved, skipped, returned) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)";
    private static final String CHANGE = "update serpentry_migration set state = ?, outcome = ?, seen_at = ?,"
            + " started_at = coalesce(started_at, ?), ended_at = ? where id = ? and state = any(?)";
    private static final String UNDER_WAY = "state not in ('planned', 'done', 'rolled_back')";
    private static final String ABANDONED =
            "select id from serpentry_migration where state not in ('done', 'rolled_back') and ((server = ? and instance <> ?)"
                    + " or (" + UNDER_WAY + " and seen_at < ?) or (state = 'planned' and created_at < ?))";
    private static final int OUTCOME_LENGTH = 2000;

    private MigrationTable() {}

    /** The number of rows: one. */
    static int insert(Connection connection, Migration migration, String instance) throws SQLException {
        MigrationRequest request = migration.request();
        return Columns.update(
                connection,
                INSERT,
                migration.id(),
                migration.plan(),
                text(request.kind()),
                Columns.text(request.pool()),
                Columns.text(request.from()),
                Columns.text(request.to()),
                targets(request.orderedTargets()),
                request.deadline(),
                request.reason(),
                text(migration.state()),
                migration.server(),
                instance,
                migration.by(),
                migration.outcome(),
                migration.createdAt(),
                migration.startedAt(),
                migration.createdAt(),
                migration.progress().total());
    }

    static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String targets(Map<String, Integer> targets) {
        JsonObjectBuilder json = BUILDERS.createObjectBuilder();
        targets.forEach(json::add);
        return json.build().toString();
    }

    private static Map<String, Integer> targets(String json) {
        try (JsonReader reader = READERS.createReader(new StringReader(json))) {
            return reader.readObject().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> ((JsonNumber) entry.getValue()).intValueExact()));
        }
    }

    /** From one of those states to another; false if it is in none of them. */
    static boolean change(
            Connection connection,
            String id,
            Collection<MigrationState> from,
            MigrationState to,
            String outcome,
            Instant now)
            throws SQLException {
        Instant started = to == MigrationState.RUNNING ? now : null;
        Instant ended = to.isTerminal() ? now : null;
        List<String> states = from.stream().map(MigrationTable::text).toList();
        return Columns.update(connection, CHANGE, text(to), fitting(outcome), now, started, ended, id, states) == 1;
    }

    /** What is too long for the column loses its end: that a migration ends must not fail because of why it does. */
    private static String fitting(String outcome) {
        String printable = outcome.replace('\0', '?');
        return printable.length() <= OUTCOME_LENGTH ? printable : printable.substring(0, OUTCOME_LENGTH - 1) + "…";
    }

    /** Its server is at work on it; false if it is not under way. Whoever does that first keeps others from ending it meanwhile. */
    static boolean seen(Connection connection, String id, Instant now) throws SQLException {
        return Columns.update(
                        connection, "update serpentry_migration set seen_at = ? where id = ? and " + UNDER_WAY, now, id)
                == 1;
    }

    /** The ids of those that have not ended and never will by themselves. */
    static List<String> abandoned(
            Connection connection, String server, String instance, Instant seenBefore, Instant proposedBefore)
            throws SQLException {
        List<String> ids = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(ABANDONED);
                ResultSet rows = Columns.bind(query, server, instance, seenBefore, proposedBefore)
                        .executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getString("id"));
            }
        }
        return ids;
    }

    /** Which start of its server has made it; empty if there is none of that id. */
    static Optional<String> instance(Connection connection, String id) throws SQLException {
        try (PreparedStatement query =
                        connection.prepareStatement("select instance from serpentry_migration where id = ?");
                ResultSet rows = Columns.bind(query, id).executeQuery()) {
            return rows.next() ? Optional.of(rows.getString("instance")) : Optional.empty();
        }
    }

    static Optional<Migration> find(Connection connection, String id) throws SQLException {
        return select(connection, " where id = ?", id).stream().findFirst();
    }

    /** The newest first; null to begin with the newest. */
    static List<Migration> list(Connection connection, @Nullable String after, int limit) throws SQLException {
        String order = " order by created_at desc, id desc fetch first ? rows only";
        if (after == null) {
            return select(connection, order, limit);
        }
        String before = " where (created_at, id) < (select created_at, id from serpentry_migration where id = ?)";
        return select(connection, before + order, after, limit);
    }

    private static List<Migration> select(Connection connection, String which, Object... values) throws SQLException {
        List<Migration> found = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("select * from serpentry_migration" + which);
                ResultSet rows = Columns.bind(query, values).executeQuery()) {
            while (rows.next()) {
                found.add(migration(rows));
            }
        }
        return found;
    }

    private static Migration migration(ResultSet row) throws SQLException {
        MigrationRequest request = new MigrationRequest(
                constant(MigrationKind.class, row.getString("kind")),
                row.getString("pool"),
                List.of(),
                row.getString("from_worker"),
                row.getString("to_worker"),
                targets(row.getString("targets")),
                Duration.ofMillis(row.getLong("deadline")),
                row.getString("reason"));
        return new Migration(
                row.getString("id"),
                row.getString("plan_id"),
                request,
                constant(MigrationState.class, row.getString("state")),
                row.getString("server"),
                row.getString("principal"),
                row.getString("outcome"),
                Columns.instant(row, "created_at"),
                Columns.instantOrNull(row, "started_at"),
                Columns.instantOrNull(row, "ended_at"),
                new Migration.Progress(
                        row.getInt("total"), row.getInt("moved"), row.getInt("skipped"), row.getInt("returned")));
    }

    static <E extends Enum<E>> E constant(Class<E> type, String text) {
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    }

    static MigrationStatistics statistics(Connection connection) throws SQLException {
        Map<MigrationState, Integer> states = new EnumMap<>(MigrationState.class);
        long moved = 0;
        long returned = 0;
        long longest = 0;
        String sql = "select state, count(*) n, sum(moved) moved, sum(returned) returned,"
                + " max(ended_at - started_at) longest from serpentry_migration group by state";
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                MigrationState state = constant(MigrationState.class, rows.getString("state"));
                states.put(state, rows.getInt("n"));
                returned += rows.getLong("returned");
                if (state == MigrationState.DONE) {
                    moved = rows.getLong("moved");
                    longest = rows.getLong("longest");
                }
            }
        }
        return new MigrationStatistics(states, moved, returned, Duration.ofMillis(longest));
    }

    /** Removes migrations that have ended before then; how many. */
    static int forget(Connection connection, Instant before, int limit) throws SQLException {
        // Asked twice: one that is being taken back has not ended any more when its row can be had.
        String sql = "delete from serpentry_migration where ended_at < ? and id in (select id from serpentry_migration"
                + " where ended_at < ? fetch first ? rows only)";
        return Columns.update(connection, sql, before, before, limit);
    }
}
