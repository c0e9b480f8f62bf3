// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.alert;

import io.serpentry.admin.http.Answer;
import io.serpentry.alert.Alert;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An alert as the REST interface shows it. A member that is null is left out. */
@JsonbPropertyOrder({
    "id",
    "rule",
    "state",
    "subject",
    "server",
    "value",
    "threshold",
    "message",
    "raisedAt",
    "clearedAt",
    "acknowledgedAt",
    "acknowledgedBy"
})
public record AlertDocument(
        String id,
        String rule,
        String state,
        String subject,
        String server,
        double value,
        double threshold,
        String message,
        Instant raisedAt,
        @Nullable Instant clearedAt,
        @Nullable Instant acknowledgedAt,
        @Nullable String acknowledgedBy)
        implements Answer {

    static AlertDocument of(Alert alert) {
        return new AlertDocument(
                alert.id(),
                alert.rule().key(),
                alert.isOpen() ? "open" : "cleared",
                alert.subject(),
                alert.server(),
                alert.value(),
                alert.threshold(),
                alert.message(),
                alert.raisedAt(),
                alert.clearedAt(),
                alert.acknowledgedAt(),
                alert.acknowledgedBy());
    }
}
