// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** What must be true of the tables between two transactions, whatever was done: looked up behind the store's back. */
final class StoredInvariants {

    /** Each query gives the rows that are wrong. */
    private static final Map<String, String> WRONG = new LinkedHashMap<>();

    static {
        WRONG.put(
                "entry_count is the number of entries",
                "select s.id from serpentry_session s where s.entry_count <>"
                        + " (select count(*) from serpentry_entry e where e.session_id = s.id)");
        WRONG.put(
                "charged is the sum of the entries in whole KiB",
                "select s.id from serpentry_session s where s.charged <> (select"
                        + " coalesce(sum((greatest(e.size, 1) + 1023) / 1024 * 1024), 0)"
                        + " from serpentry_entry e where e.session_id = s.id)");
        WRONG.put(
                "no state has a revision below 1",
                "select s.id from serpentry_session s where s.base + s.structure + (select coalesce(sum(e.version), 0)"
                        + " from serpentry_entry e where e.session_id = s.id) < 1");
        WRONG.put(
                "every entry has a session",
                "select e.session_id, e.name from serpentry_entry e"
                        + " where not exists (select 1 from serpentry_session s where s.id = e.session_id)");
        WRONG.put(
                "every past version has a session",
                "select h.session_id, h.name from serpentry_entry_history h"
                        + " where not exists (select 1 from serpentry_session s where s.id = h.session_id)");
        WRONG.put(
                "a past version is below the present one, and was saved before it",
                "select e.session_id, e.name, h.version from serpentry_entry e join serpentry_entry_history h"
                        + " on h.session_id = e.session_id and h.name = e.name"
                        + " where h.version >= e.version or h.change >= e.change");
        WRONG.put(
                "what is kept of an entry since it was created reaches up to the present version without a gap",
                "select e.session_id, e.name, count(*), max(h.version), min(h.version) from serpentry_entry e"
                        + " join serpentry_entry_history h"
                        + " on h.session_id = e.session_id and h.name = e.name and h.born = e.born"
                        + " group by e.session_id, e.name, e.version"
                        + " having max(h.version) <> e.version - 1 or max(h.version) - min(h.version) + 1 <> count(*)");
        WRONG.put(
                "what is kept of the attributes reaches up to the present ones without a gap",
                "select s.id, count(*), max(h.version), min(h.version) from serpentry_session s"
                        + " join serpentry_entry_history h on h.session_id = s.id and h.name = ''"
                        + " group by s.id, s.structure"
                        + " having max(h.version) <> s.structure - 1 or max(h.version) - min(h.version) + 1 <> count(*)");
        WRONG.put(
                "a removed version is the last of its time, and not above the highest that was removed",
                "select h.session_id, h.name, h.version from serpentry_entry_history h"
                        + " join serpentry_session s on s.id = h.session_id where h.removed and (h.version > s.high"
                        + " or exists (select 1 from serpentry_entry_history n where n.session_id = h.session_id"
                        + " and n.name = h.name and n.born = h.born and n.version > h.version)"
                        + " or exists (select 1 from serpentry_entry e where e.session_id = h.session_id"
                        + " and e.name = h.name and e.born <= h.version))");
        WRONG.put(
                "the content of a counter is empty",
                "select e.session_id, e.name from serpentry_entry e where e.counter is not null and e.size <> 0");
    }

    private StoredInvariants() {}

    /** What is not true, with the first row that shows it. */
    static Map<String, String> violated(DataSource source) throws SQLException {
        Map<String, String> violated = new TreeMap<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (Map.Entry<String, String> wrong : WRONG.entrySet()) {
                try (ResultSet rows = statement.executeQuery(wrong.getValue())) {
                    if (rows.next()) {
                        violated.put(wrong.getKey(), text(rows));
                    }
                }
            }
        }
        return violated;
    }

    private static String text(ResultSet row) throws SQLException {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            text.append(row.getMetaData().getColumnName(i))
                    .append(' ')
                    .append(row.getString(i))
                    .append(' ');
        }
        return text.toString().strip();
    }
}
