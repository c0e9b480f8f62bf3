// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationKind;
import io.serpentry.placement.MigrationState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Counter;
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

    private static final String TAKEN_BACK = "taken_back";
    private static final List<String> OUTCOMES =
            List.of(text(MigrationState.DONE), text(MigrationState.ROLLED_BACK), TAKEN_BACK);
    private static final String MOVED = "moved";
    private static final String RETURNED = "returned";
    private static final List<String> RESULTS = List.of(MOVED, RETURNED);

    private final @Nullable MetricRegistry registry;
    /** Those that were done, counted so, and are being taken back. */
    private final Set<String> takenBack = ConcurrentHashMap.newKeySet();

    /** For the container's proxy. */
    MigrationMetrics() {
        registry = null;
    }

    @Inject
    MigrationMetrics(MetricRegistry registry) {
        this.registry = registry;
    }

    /** They are shown as 0 before anything has moved. */
    void begin(@Observes Startup started) {
        for (MigrationKind kind : MigrationKind.values()) {
            Tag tag = new Tag("kind", text(kind));
            for (String outcome : OUTCOMES) {
                Counter unused = registry().counter(MIGRATIONS, tag, new Tag("outcome", outcome));
            }
        }
        for (String result : RESULTS) {
            Counter unused = registry().counter(SESSIONS, new Tag("result", result));
        }
    }

    private MetricRegistry registry() {
        return Objects.requireNonNull(registry);
    }

    void changed(Migration migration) {
        if (!migration.state().isTerminal()) {
            return;
        }
        Tag kind = new Tag("kind", text(migration.request().kind()));
        if (takenBack.remove(migration.id())) {
            registry().counter(MIGRATIONS, kind, new Tag("outcome", TAKEN_BACK)).inc();
            return;
        }
        Tag outcome = new Tag("outcome", text(migration.state()));
        registry().counter(MIGRATIONS, kind, outcome).inc();
        Instant started = migration.startedAt();
        Instant ended = migration.endedAt();
        if (started != null && ended != null) {
            registry().timer(SECONDS, kind, outcome).update(Duration.between(started, ended));
        }
    }

    /** One that is done is about to be taken back, or not after all. */
    void takenBack(String id, boolean is) {
        boolean unused = is ? takenBack.add(id) : takenBack.remove(id);
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    void moved(boolean returned) {
        registry()
                .counter(SESSIONS, new Tag("result", returned ? RETURNED : MOVED))
                .inc();
    }
}
