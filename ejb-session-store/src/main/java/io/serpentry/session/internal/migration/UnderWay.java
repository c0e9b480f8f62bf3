// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The migrations that this server works on: one for each pool, or one for all. Safe for use by any number of threads. */
final class UnderWay {

    private static final String ALL = "";

    private final Map<String, String> migrations = new HashMap<>();
    private @Nullable String draining;

    /** A migration's right to work on its pool. */
    final class Place {

        private final String pool;

        private Place(String pool) {
            this.pool = pool;
        }

        void leave() {
            synchronized (UnderWay.this) {
                migrations.remove(pool);
                UnderWay.this.notifyAll();
            }
        }
    }

    /** @throws PythonException ILLEGAL_STATE if another one has the pool; null for all pools */
    synchronized Place enter(String migration, @Nullable String pool) {
        String place = pool == null ? ALL : pool;
        String other = migrations.getOrDefault(place, migrations.get(ALL));
        if (other == null && pool == null) {
            other = migrations.values().stream().findFirst().orElse(null);
        }
        if (other != null) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.ILLEGAL_STATE,
                            "migration " + other + " is under way; wait for its end, or cancel it")
                    .context(Map.of("migration", other)));
        }
        migrations.put(place, migration);
        return new Place(place);
    }

    synchronized List<String> migrations() {
        return List.copyOf(migrations.values());
    }

    synchronized boolean isBusy(String pool) {
        return migrations.containsKey(pool) || migrations.containsKey(ALL);
    }

    synchronized void draining(String migration) {
        draining = migration;
    }

    synchronized void noLongerDraining(String migration) {
        if (migration.equals(draining)) {
            draining = null;
        }
    }

    synchronized boolean isDraining() {
        return draining != null;
    }

    /** Waits until there is none, for at most that time. */
    synchronized void awaitNone(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (!migrations.isEmpty() && System.nanoTime() < end) {
                wait(Math.max(1, Duration.ofNanos(end - System.nanoTime()).toMillis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
