// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.placement.Migration;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.jspecify.annotations.Nullable;

/** Counts how this server's migrations have ended, and how long they took. */
@ApplicationScoped
public class MigrationMetrics {

    private static final Metadata MIGRATIONS = Metadata.builder()
            .withName("serpentry_migrations_total")
            .withDescription("Migrations that have ended on this server")
            .build();
    private static final Metadata SECONDS = Metadata.builder()
            .withName("serpentry_migration_seconds")
            .withDescription("How long they took, from their start to their end")
            .withUnit("seconds")
            .build();
    private static final Metadata SESSIONS = Metadata.builder()
            .withName("serpentry_migrated_sessions_total")
            .withDescription("Sessions that were moved by migrations of this server, or placed as before by them")
            .build();

    private final @Nullable MetricRegistry registry;

    /** For the container's proxy. */
    MigrationMetrics() {
        registry = null;
    }

    @Inject
    MigrationMetrics(MetricRegistry registry) {
        this.registry = registry;
    }

    private MetricRegistry registry() {
        return Objects.requireNonNull(registry);
    }

    void changed(Migration migration) {
        if (!migration.state().isTerminal()) {
            return;
        }
        Tag kind = new Tag("kind", text(migration.request().kind()));
        Tag outcome = new Tag("outcome", text(migration.state()));
        registry().counter(MIGRATIONS, kind, outcome).inc();
        Instant started = migration.startedAt();
        Instant ended = migration.endedAt();
        if (started != null && ended != null) {
            registry().timer(SECONDS, kind, outcome).update(Duration.between(started, ended));
        }
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    void moved(boolean returned) {
        registry()
                .counter(SESSIONS, new Tag("result", returned ? "returned" : "moved"))
                .inc();
    }
}
