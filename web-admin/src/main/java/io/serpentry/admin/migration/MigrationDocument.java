// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.Choice;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationRequest;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A migration as it is shown. */
@JsonbPropertyOrder({
    "id",
    "plan",
    "kind",
    "pool",
    "from",
    "to",
    "targets",
    "state",
    "outcome",
    "progress",
    "deadline",
    "reason",
    "server",
    "by",
    "createdAt",
    "startedAt",
    "endedAt"
})
public record MigrationDocument(
        String id,
        String plan,
        String kind,
        @Nullable String pool,
        @Nullable String from,
        @Nullable String to,
        @Nullable Map<String, Integer> targets,
        String state,
        String outcome,
        Progress progress,
        Duration deadline,
        String reason,
        String server,
        String by,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt)
        implements Answer {

    /** How many sessions are how far. */
    @JsonbPropertyOrder({"total", "moved", "skipped", "returned"})
    public record Progress(int total, int moved, int skipped, int returned) {}

    static MigrationDocument of(Migration migration) {
        MigrationRequest request = migration.request();
        Migration.Progress progress = migration.progress();
        return new MigrationDocument(
                migration.id(),
                migration.plan(),
                Choice.text(request.kind()),
                request.pool(),
                request.from(),
                request.to(),
                request.targets().isEmpty() ? null : request.orderedTargets(),
                Choice.text(migration.state()),
                migration.outcome(),
                new Progress(progress.total(), progress.moved(), progress.skipped(), progress.returned()),
                request.deadline(),
                request.reason(),
                migration.server(),
                migration.by(),
                migration.createdAt(),
                migration.startedAt(),
                migration.endedAt());
    }
}
