// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The migrations that this server works on: one for each pool, or one for all. Safe for use by any number of threads. */
final class UnderWay {

    private static final String ALL = "";
    private static final Duration LEAVING = Duration.ofSeconds(5);

    private final Map<String, String> migrations = new HashMap<>();
    private final Consumer<Boolean> whenDraining;
    private @Nullable String draining;

    /** @param whenDraining told, under the lock, whenever a drain begins or is over; it must return at once */
    UnderWay(Consumer<Boolean> whenDraining) {
        this.whenDraining = whenDraining;
    }

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

    /**
     * Takes the pool for a migration; one that has ended by what is written down, and whose thread is about to leave, is waited for.
     *
     * @param pool null for all pools
     * @param isOver whether the migration of an id has ended
     * @throws PythonException ILLEGAL_STATE if another one has the pool
     */
    Place enter(String migration, @Nullable String pool, Predicate<String> isOver) {
        String place = pool == null ? ALL : pool;
        String other = occupant(place);
        if (other != null && isOver.test(other)) {
            awaitLeft(other);
        }
        return entered(migration, place);
    }

    private synchronized @Nullable String occupant(String place) {
        String other = migrations.getOrDefault(place, migrations.get(ALL));
        return other == null && place.equals(ALL)
                ? migrations.values().stream().findFirst().orElse(null)
                : other;
    }

    private synchronized void awaitLeft(String migration) {
        await(LEAVING, () -> !migrations.containsValue(migration));
    }

    private synchronized Place entered(String migration, String place) {
        String other = occupant(place);
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
        whenDraining.accept(true);
    }

    synchronized void noLongerDraining(String migration) {
        if (migration.equals(draining)) {
            draining = null;
            whenDraining.accept(false);
        }
    }

    synchronized boolean isDraining() {
        return draining != null;
    }

    /** Waits until there is none, for at most that time. */
    synchronized void awaitNone(Duration limit) {
        await(limit, migrations::isEmpty);
    }

    private synchronized void await(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (!condition.getAsBoolean() && System.nanoTime() < end) {
                wait(Math.max(1, Duration.ofNanos(end - System.nanoTime()).toMillis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
