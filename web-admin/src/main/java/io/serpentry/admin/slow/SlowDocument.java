// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.slow;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.Choice;
import io.serpentry.connector.ErrorCode;
import io.serpentry.slow.SlowOperation;
import io.serpentry.slow.SlowReport;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What took longest on this server of late.
 *
 * @param items first the one that took longest
 */
@JsonbPropertyOrder({"threshold", "age", "items"})
public record SlowDocument(Duration threshold, Duration age, List<Item> items) implements Answer {

    /**
     * Something that took long. A member that is null is left out.
     *
     * @param outcome {@code ok}, or the code of the error
     */
    @JsonbPropertyOrder({"kind", "name", "worker", "session", "traceId", "endedAt", "duration", "outcome"})
    public record Item(
            String kind,
            String name,
            @Nullable String worker,
            @Nullable String session,
            @Nullable String traceId,
            Instant endedAt,
            Duration duration,
            String outcome) {

        static Item of(SlowOperation operation) {
            ErrorCode failure = operation.failure();
            return new Item(
                    Choice.text(operation.kind()),
                    operation.name(),
                    operation.worker(),
                    operation.session(),
                    operation.traceId(),
                    operation.endedAt(),
                    operation.duration(),
                    failure == null ? "ok" : failure.name());
        }
    }

    static SlowDocument of(SlowReport report) {
        return new SlowDocument(
                report.threshold(),
                report.age(),
                report.slowest().stream().map(Item::of).toList());
    }
}
