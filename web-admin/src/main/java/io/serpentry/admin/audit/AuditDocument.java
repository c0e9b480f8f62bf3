// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.audit;

import io.serpentry.admin.http.Answer;
import io.serpentry.audit.AuditRow;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of the audit as the REST interface shows it. A member that nothing was said for is left out. */
@JsonbPropertyOrder({
    "id",
    "at",
    "principal",
    "action",
    "session",
    "owner",
    "subject",
    "reason",
    "detail",
    "before",
    "after"
})
public record AuditDocument(
        long id,
        Instant at,
        String principal,
        String action,
        @Nullable String session,
        @Nullable String owner,
        @Nullable String subject,
        @Nullable String reason,
        @Nullable String detail,
        @Nullable String before,
        @Nullable String after)
        implements Answer {

    static AuditDocument of(AuditRow row) {
        return new AuditDocument(
                row.id(),
                row.at(),
                row.principal(),
                row.action(),
                said(row.session()),
                said(row.owner()),
                said(row.subject()),
                said(row.reason()),
                said(row.detail()),
                said(row.before()),
                said(row.after()));
    }

    private static @Nullable String said(String text) {
        return text.isEmpty() ? null : text;
    }
}
