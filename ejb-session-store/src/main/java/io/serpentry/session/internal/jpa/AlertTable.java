// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.alert.Alert;
import io.serpentry.alert.AlertRule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The alerts of all servers on this database. Each method is a transaction of its own. Safe for use by any number of threads. */
public final class AlertTable {

    private static final String COLUMNS = "id, rule, subject, server, figure, threshold, raised_at, cleared_at,"
            + " acknowledged_at, acknowledged_by";
    private static final String SELECT = "select " + COLUMNS + " from serpentry_alert";
    private static final String INSERT =
            "insert into serpentry_alert (" + COLUMNS + ", open_key) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String CLEAR =
            "update serpentry_alert set cleared_at = ?, open_key = null where id = ? and cleared_at is null";
    private static final String ACKNOWLEDGE = "update serpentry_alert set acknowledged_at = ?, acknowledged_by = ?"
            + " where id = ? and acknowledged_at is null";

    private static final List<String> RULES =
            Arrays.stream(AlertRule.values()).map(AlertRule::key).toList();

    private final StoreTransactions transactions;
    private final Dialect dialect;

    public AlertTable(StoreTransactions transactions, Dialect dialect) {
        this.transactions = transactions;
        this.dialect = dialect;
    }

    /** False if one about the same is open already. */
    public boolean insert(Alert alert) {
        return transactions.alone(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(INSERT + dialect.onConflict())) {
                insert.setString(1, alert.id());
                insert.setString(2, alert.rule().key());
                insert.setString(3, alert.subject());
                insert.setString(4, alert.server());
                insert.setDouble(5, alert.value());
                insert.setDouble(6, alert.threshold());
                insert.setLong(7, alert.raisedAt().toEpochMilli());
                insert.setObject(8, millis(alert.clearedAt()), java.sql.Types.BIGINT);
                insert.setObject(9, millis(alert.acknowledgedAt()), java.sql.Types.BIGINT);
                insert.setString(10, alert.acknowledgedBy());
                insert.setString(11, alert.isOpen() ? openKey(alert) : null);
                return dialect.insertUnlessPresent(insert);
            }
        });
    }

    /** Unique, and null when it is cleared. */
    private static String openKey(Alert alert) {
        return alert.rule().key() + "|" + alert.subject() + "|" + alert.server();
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }

    /** False if it is cleared already, or gone. */
    public boolean clear(Alert cleared) {
        return transactions.alone(
                connection -> Columns.update(connection, CLEAR, cleared.clearedAt(), cleared.id()) == 1);
    }

    /** Those that are open, of all servers. */
    public List<Alert> open() {
        return transactions.read(connection -> select(connection, " where open_key is not null order by id"));
    }

    /** Open and cleared ones, the latest first; only those before that one, unless it is null. Those of rules that are not known are left out. */
    public List<Alert> list(@Nullable String after, int limit) {
        String page = " order by id desc fetch first ? rows only";
        return transactions.read(connection -> after == null
                ? select(connection, " where rule = any(?)" + page, RULES, limit)
                : select(connection, " where rule = any(?) and id < ?" + page, RULES, after, limit));
    }

    /** The alert after the note; empty if there is none. */
    public Optional<Alert> acknowledge(String id, String by, Instant now) {
        return transactions.alone(connection -> {
            int unused = Columns.update(connection, ACKNOWLEDGE, now, by, id);
            return select(connection, " where id = ?", id).stream().findFirst();
        });
    }

    /** Removes those that were cleared before; how many. */
    public int forget(Instant before) {
        return transactions.alone(
                connection -> Columns.update(connection, "delete from serpentry_alert where cleared_at < ?", before));
    }

    private static List<Alert> select(Connection connection, String which, Object... values) throws SQLException {
        List<Alert> alerts = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(SELECT + which);
                ResultSet rows = Columns.bind(query, values).executeQuery()) {
            while (rows.next()) {
                Optional<AlertRule> rule = rule(rows.getString("rule"));
                if (rule.isPresent()) {
                    alerts.add(alert(rows, rule.get()));
                }
            }
        }
        return alerts;
    }

    /** Empty for one of a newer release. */
    private static Optional<AlertRule> rule(String key) {
        return Arrays.stream(AlertRule.values())
                .filter(rule -> rule.key().equals(key))
                .findFirst();
    }

    private static Alert alert(ResultSet row, AlertRule rule) throws SQLException {
        return new Alert(
                row.getString("id"),
                rule,
                row.getString("subject"),
                row.getString("server"),
                row.getDouble("figure"),
                row.getDouble("threshold"),
                Columns.instant(row, "raised_at"),
                Columns.instantOrNull(row, "cleared_at"),
                Columns.instantOrNull(row, "acknowledged_at"),
                row.getString("acknowledged_by"));
    }
}
