// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that is, or was, wrong. It is open until the figure is no longer over the threshold.
 *
 * @param id greater for alerts that were raised later
 * @param subject the pool; empty if the rule is not about one
 * @param server the node that saw it; empty if it is about the store that all share
 * @param value the figure when it was raised
 * @param clearedAt null while it is open
 * @param acknowledgedAt when an operator said that he knows, null if none has
 */
public record Alert(
        String id,
        AlertRule rule,
        String subject,
        String server,
        double value,
        double threshold,
        Instant raisedAt,
        @Nullable Instant clearedAt,
        @Nullable Instant acknowledgedAt,
        @Nullable String acknowledgedBy) {

    public boolean isOpen() {
        return clearedAt == null;
    }

    /** The same, cleared at that moment. */
    public Alert cleared(Instant at) {
        return new Alert(id, rule, subject, server, value, threshold, raisedAt, at, acknowledgedAt, acknowledgedBy);
    }

    /** What is wrong, for a person. */
    public String message() {
        return rule.describe(value, subject);
    }
}
