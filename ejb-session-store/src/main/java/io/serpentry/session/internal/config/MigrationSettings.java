// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/**
 * Everything that is configured for migrations.
 *
 * @param retention how long a migration that has ended is kept, and can be taken back
 * @param interval how often the rules look
 * @param rebalance what happens if the sessions of a pool are shared out unevenly
 * @param skewPercent from which on they are: the largest worker's share as a percentage of an equal one
 * @param minSessions a pool with fewer is never uneven
 * @param resize what happens if a pool has got more or fewer workers
 * @param health what happens if a worker is not well
 * @param maxMemory a worker with more resident memory in bytes is not well; 0 for no such limit
 */
public record MigrationSettings(
        Duration retention,
        Duration interval,
        Action rebalance,
        int skewPercent,
        int minSessions,
        Action resize,
        Action health,
        long maxMemory,
        Collection<Setting> effective) {

    /** What a rule does. */
    public enum Action {
        OFF,
        /** It writes down what it would do; somebody may start that. */
        PROPOSE,
        RUN
    }

    private static final String PREFIX = "serpentry.migration.";
    private static final Duration SECOND = Duration.ofSeconds(1);

    public MigrationSettings {
        effective = List.copyOf(effective);
    }

    /** Throws {@link InvalidSettingsException}, which names what is wrong. */
    public static MigrationSettings of(Config config) {
        SettingsReader reader = new SettingsReader(config);
        Duration retention = reader.duration(PREFIX + "retention", Duration.ofDays(7), SECOND, Duration.ofDays(36_500));
        Duration interval = reader.duration(
                PREFIX + "rule.interval", Duration.ofSeconds(30), Duration.ofMillis(200), Duration.ofDays(1));
        Action rebalance = reader.choice(PREFIX + "rule.rebalance", Action.OFF);
        int skew = (int) reader.number(PREFIX + "rule.rebalance.skewPercent", 150, 101, 10_000);
        int least = (int) reader.number(PREFIX + "rule.rebalance.minSessions", 100, 1, Integer.MAX_VALUE);
        Action resize = reader.choice(PREFIX + "rule.resize", Action.OFF);
        Action health = reader.choice(PREFIX + "rule.health", Action.OFF);
        long memory = reader.number(PREFIX + "rule.health.maxMemory", 0, 0, Long.MAX_VALUE);
        reader.requireKnown(PREFIX);
        reader.require(
                health == Action.OFF || memory > 0,
                PREFIX + "rule.health needs " + PREFIX + "rule.health.maxMemory, in bytes");
        reader.requireNoProblem();
        return new MigrationSettings(
                retention,
                interval,
                rebalance,
                skew,
                least,
                resize,
                health,
                memory,
                reader.effective().values());
    }
}
