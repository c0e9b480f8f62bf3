// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of one pool; docs/configuration.md says what each means.
 *
 * @param maxCalls calls after which a worker is replaced, 0 for no limit
 * @param maxAge age after which a worker is replaced, null for no limit
 * @param maxMemoryBytes resident memory over which a worker is replaced, 0 for no limit
 */
public record PoolSettings(
        String name,
        String python,
        List<Path> modulePath,
        List<String> modules,
        List<String> preload,
        Map<String, String> environment,
        int threadsPerWorker,
        Duration startTimeout,
        Duration callTimeout,
        Duration cancelGrace,
        Duration killGrace,
        Duration drainTimeout,
        int spareWorkers,
        long maxCalls,
        @Nullable Duration maxAge,
        long maxMemoryBytes,
        int maxMessageSize,
        StartMethod start) {

    /** How a worker comes into being: a copy of the preloaded zygote, or a fresh interpreter. */
    public enum StartMethod {
        FORK,
        SPAWN
    }

    public PoolSettings {
        modulePath = List.copyOf(modulePath);
        modules = List.copyOf(modules);
        preload = List.copyOf(preload);
        environment = Map.copyOf(environment);
    }

    /** The longest the ladder can take from the first rung to the death of the process. */
    Duration ladderTime() {
        return cancelGrace.plus(killGrace.multipliedBy(2)).plusSeconds(1);
    }
}
