// SPDX-License-Identifier: Apache-2.0
package io.serpentry.audit;

import io.serpentry.session.Limits;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of the audit are wanted. Null leaves a condition out.
 *
 * @param from not older
 * @param to older
 * @param before only rows with a smaller id
 * @param limit 1 to 500
 */
public record AuditQuery(
        @Nullable String action,
        @Nullable String principal,
        @Nullable String session,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Long before,
        int limit) {

    public AuditQuery {
        Limits.atLeast("limit", limit, 1);
        Limits.atMost("limit", limit, Limits.PAGE);
    }

    /** The newest rows. */
    public static AuditQuery all() {
        return new AuditQuery(null, null, null, null, null, null, 100);
    }

    public AuditQuery action(@Nullable String value) {
        return new AuditQuery(value, principal, session, from, to, before, limit);
    }

    public AuditQuery principal(@Nullable String value) {
        return new AuditQuery(action, value, session, from, to, before, limit);
    }

    public AuditQuery session(@Nullable String value) {
        return new AuditQuery(action, principal, value, from, to, before, limit);
    }

    public AuditQuery between(@Nullable Instant first, @Nullable Instant end) {
        return new AuditQuery(action, principal, session, first, end, before, limit);
    }

    /** Only rows older than that one. */
    public AuditQuery before(@Nullable Long id) {
        return new AuditQuery(action, principal, session, from, to, id, limit);
    }

    public AuditQuery limit(int value) {
        return new AuditQuery(action, principal, session, from, to, before, value);
    }
}
