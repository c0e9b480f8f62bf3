// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.request.RememberedAnswer;
import io.serpentry.request.RememberedRequest;
import io.serpentry.request.RememberedRequest.Done;
import io.serpentry.request.RequestMemory;
import io.serpentry.session.QuotaExceededException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The statements on requests that came with a key. */
final class RequestTable {

    private static final String INSERT = "insert into serpentry_request (principal, request_key, begun_at, fingerprint,"
            + " status, media_type, location, entity_tag, body) values (?, ?, ?, '', 0, '', '', '', '')";
    private static final String DONE = "update serpentry_request set fingerprint = ?, status = ?, media_type = ?,"
            + " location = ?, entity_tag = ?, body = ? where principal = ? and request_key = ?";
    private static final String DELETE = "delete from serpentry_request where principal = ? and request_key = ?";

    private final Dialect dialect;

    RequestTable(Dialect dialect) {
        this.dialect = dialect;
    }

    Optional<RememberedRequest> begin(Connection connection, String principal, String key, Instant now)
            throws SQLException {
        int tooOld =
                Columns.update(connection, DELETE + " and begun_at <= ?", principal, key, now.minus(RequestMemory.AGE));
        Optional<RememberedRequest> first = tooOld > 0 ? Optional.empty() : find(connection, principal, key);
        if (first.isPresent()) {
            return first;
        }
        requireRoom(connection, principal);
        try (PreparedStatement insert = connection.prepareStatement(INSERT + dialect.onConflict())) {
            // Another that began at the same moment has been waited for.
            return dialect.insertUnlessPresent(Columns.bind(insert, principal, key, now))
                    ? Optional.empty()
                    : find(connection, principal, key);
        }
    }

    private static void requireRoom(Connection connection, String principal) throws SQLException {
        String sql = "select count(*) from serpentry_request where principal = ?";
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet row = Columns.bind(query, principal).executeQuery()) {
            row.next();
            if (row.getInt(1) >= RequestMemory.MOST) {
                throw new QuotaExceededException(
                        "Idempotency-Key",
                        "The number of keys used in " + RequestMemory.AGE.toHours() + " hours",
                        RequestMemory.MOST,
                        row.getInt(1) + 1L);
            }
        }
    }

    private static Optional<RememberedRequest> find(Connection connection, String principal, String key)
            throws SQLException {
        String sql = "select begun_at, fingerprint, status, media_type, location, entity_tag, body"
                + " from serpentry_request where principal = ? and request_key = ?";
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet row = Columns.bind(query, principal, key).executeQuery()) {
            return row.next() ? Optional.of(request(row)) : Optional.empty();
        }
    }

    private static RememberedRequest request(ResultSet row) throws SQLException {
        int status = row.getInt("status");
        RememberedAnswer answer = new RememberedAnswer(
                status,
                row.getString("media_type"),
                row.getString("location"),
                row.getString("entity_tag"),
                row.getString("body"));
        Instant begunAt = Columns.instant(row, "begun_at");
        return new RememberedRequest(begunAt, status == 0 ? null : new Done(row.getString("fingerprint"), answer));
    }

    /** How many rows. */
    static int done(Connection connection, String principal, String key, Done done) throws SQLException {
        RememberedAnswer answer = done.answer();
        return Columns.update(
                connection,
                DONE,
                done.fingerprint(),
                answer.status(),
                answer.mediaType(),
                answer.location(),
                answer.entityTag(),
                answer.body(),
                principal,
                key);
    }

    /** How many rows. */
    static int release(Connection connection, String principal, String key) throws SQLException {
        return Columns.update(connection, DELETE, principal, key);
    }

    /** Removes up to {@code limit} requests that count no more; how many. */
    static int forget(Connection connection, Instant now, int limit) throws SQLException {
        String sql = "delete from serpentry_request where (principal, request_key) in (select principal, request_key"
                + " from serpentry_request where begun_at <= ? fetch first ? rows only)";
        return Columns.update(connection, sql, now.minus(RequestMemory.AGE), limit);
    }
}
