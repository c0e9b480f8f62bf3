// SPDX-License-Identifier: Apache-2.0
package io.serpentry.audit;

import java.util.List;

/**
 * A part of the audit.
 *
 * @param more whether there are older rows that fit
 */
public record AuditPage(List<AuditRow> items, boolean more) {

    public AuditPage {
        items = List.copyOf(items);
    }
}
