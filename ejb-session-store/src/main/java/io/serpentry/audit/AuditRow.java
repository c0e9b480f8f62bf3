// SPDX-License-Identifier: Apache-2.0
package io.serpentry.audit;

import java.time.Instant;

/**
 * A row of the audit. A text that nothing was said for is empty.
 *
 * @param id greater than those of the rows written before it
 * @param session the session that it was done to, with its {@code owner}
 * @param subject what else it was done to
 */
public record AuditRow(
        long id,
        Instant at,
        String principal,
        String action,
        String session,
        String owner,
        String subject,
        String reason,
        String detail,
        String before,
        String after) {}
