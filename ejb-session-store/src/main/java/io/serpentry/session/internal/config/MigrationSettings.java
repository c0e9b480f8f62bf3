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
 * @param stopWait how long a server that stops waits for those who hold workers; zero: not at all
 */
public record MigrationSettings(
        Duration retention,
        Duration interval,
        Action rebalance,
        int skewPercent,
        int minSessions,
        Action resize,
        Health health,
        Duration stopWait,
        Collection<Setting> effective) {

    /**
     * When a worker is not well.
     *
     * @param maxMemory if it has more resident memory, in bytes; 0 for no such limit
     * @param maxFaultPercent if more of its calls end with a fault and those of the others do not; 0 for no such limit
     * @param minCalls of fewer, its own or those of the others, nothing is said
     * @param window what calls are looked at
     */
    public record Health(Action action, long maxMemory, int maxFaultPercent, int minCalls, Duration window) {

        public boolean watchesFaults() {
            return action != Action.OFF && maxFaultPercent > 0;
        }
    }

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
        Health health = health(reader);
        Duration stopWait =
                reader.duration(PREFIX + "stopWait", Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(10));
        reader.requireKnown(PREFIX);
        reader.requireNoProblem();
        return new MigrationSettings(
                retention,
                interval,
                rebalance,
                skew,
                least,
                resize,
                health,
                stopWait,
                reader.effective().values());
    }

    private static Health health(SettingsReader reader) {
        String key = PREFIX + "rule.health";
        Health health = new Health(
                reader.choice(key, Action.OFF),
                reader.number(key + ".maxMemory", 0, 0, Long.MAX_VALUE),
                (int) reader.number(key + ".maxFaultPercent", 0, 0, 100),
                (int) reader.number(key + ".minCalls", 20, 1, Integer.MAX_VALUE),
                reader.duration(key + ".window", Duration.ofMinutes(5), SECOND, Duration.ofDays(1)));
        reader.require(
                health.action() == Action.OFF || health.maxMemory() > 0 || health.maxFaultPercent() > 0,
                key + " needs " + key + ".maxMemory, in bytes, or " + key + ".maxFaultPercent");
        return health;
    }
}
