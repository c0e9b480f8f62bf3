// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.time.Duration;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which worker of its pool a connection should lead to. Only idle workers are chosen from, and none that is cordoned; a
 * worker is idle once the transaction that used it has ended. Safe for use by any number of threads.
 */
public sealed interface Placement {

    /** Whichever worker the container hands out. */
    static Placement anywhere() {
        return Anywhere.INSTANCE;
    }

    /** The worker of that id if it is idle, else any other; nobody waits for it. */
    static Placement prefer(String workerId) {
        return new Preferred(workerId, null);
    }

    /**
     * The worker of that id if it is idle, else one as of {@link #spread(ToIntFunction)}; nobody waits for it.
     *
     * @param loadOfWorker as there; asked only if the worker is not idle
     */
    static Placement prefer(String workerId, ToIntFunction<String> loadOfWorker) {
        return new Preferred(workerId, loadOfWorker);
    }

    /**
     * The worker of that id and no other. While it is in use the caller waits, with a connection of the pool in its hands
     * that nobody else can use meanwhile.
     *
     * @param limit how long to wait for that worker once the pool has given a connection; zero: not at all
     * @throws IllegalArgumentException if the limit is negative
     */
    static Placement require(String workerId, Duration limit) {
        return new Required(workerId, limit);
    }

    /** The idle worker that was not used for the longest time. */
    static Placement spread() {
        return spread(worker -> 0);
    }

    /**
     * The idle worker with the smallest load; among those that are equal, the one that was not used for the longest time.
     *
     * @param loadOfWorker tells the load by worker id, for example how many sessions are placed there. It is asked on the
     *     calling thread, once for each idle worker, and must not wait
     */
    static Placement spread(ToIntFunction<String> loadOfWorker) {
        return new Spread(loadOfWorker);
    }

    record Anywhere() implements Placement {
        private static final Anywhere INSTANCE = new Anywhere();
    }

    /** @param loadOfWorker null: whichever other worker the container hands out will do */
    record Preferred(String workerId, @Nullable ToIntFunction<String> loadOfWorker) implements Placement {}

    record Required(String workerId, Duration limit) implements Placement {
        public Required {
            if (limit.isNegative()) {
                throw new IllegalArgumentException("the wait for worker " + workerId + " is negative: " + limit);
            }
        }
    }

    record Spread(ToIntFunction<String> loadOfWorker) implements Placement {}
}
