// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/**
 * Everything that is configured for the session store.
 *
 * @param datasource the JNDI name of the data source that the session tables are in
 * @param temporaryMaxBytes how much content the session of an anonymous call may have in memory before it becomes a row of the database
 */
public record StoreSettings(
        String datasource,
        SessionSettings sessions,
        long temporaryMaxBytes,
        SweepSettings sweep,
        EventSettings events,
        Collection<Setting> effective) {

    static final String PREFIX = "serpentry.session.";
    private static final String EVENTS = "serpentry.events.";
    private static final String STORE = "serpentry.store.";
    private static final String DATASOURCE = STORE + "datasource";
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration CENTURY = Duration.ofDays(36_500);
    private static final int LARGEST_ENTRY = 512 << 20;
    private static final long TEMPORARY_MAX_BYTES = 1 << 20;
    private static final long MOST_EVENTS = 500_000;

    public StoreSettings {
        effective = List.copyOf(effective);
    }

    /**
     * How the sweeper works.
     *
     * @param jitterPercent the interval is longer or shorter by up to so much, so that nodes do not sweep all at once
     * @param budget a sweep that takes longer ends, and says what is left
     */
    public record SweepSettings(
            Duration interval,
            int jitterPercent,
            int batch,
            Duration budget,
            Duration deliverInterval,
            Duration auditAge) {}

    /** How long events are kept, and how many at most. */
    public record EventSettings(Duration retention, long maxCount) {}

    /** Throws {@link InvalidSettingsException}, which names what is wrong. */
    public static StoreSettings of(Config config) {
        SettingsReader reader = new SettingsReader(config);
        String datasource = reader.text(DATASOURCE, "java:jboss/datasources/SerpentryDS");
        SessionSettings sessions = sessions(reader);
        long temporaryMaxBytes = reader.number(PREFIX + "temporary.maxBytes", TEMPORARY_MAX_BYTES, 0, Long.MAX_VALUE);
        SweepSettings sweep = sweep(reader);
        EventSettings events = new EventSettings(
                reader.duration(EVENTS + "retention", Duration.ofDays(7), SECOND, CENTURY),
                reader.number(EVENTS + "maxCount", MOST_EVENTS, 1, Long.MAX_VALUE / 2));
        reader.requireKnown(PREFIX);
        reader.requireKnown(EVENTS);
        reader.requireKnown(STORE);
        reader.requireNoProblem();
        return new StoreSettings(
                datasource,
                sessions,
                temporaryMaxBytes,
                sweep,
                events,
                reader.effective().values());
    }

    private static SessionSettings sessions(SettingsReader reader) {
        SessionSettings standard = SessionSettings.defaults();
        SessionSettings settings = new SessionSettings(
                reader.duration(PREFIX + "idleTimeout", standard.idleTimeout(), SECOND, CENTURY),
                reader.duration(PREFIX + "temporary.idleTimeout", standard.temporaryIdleTimeout(), SECOND, CENTURY),
                reader.durationOrNull(PREFIX + "lifetime", SECOND, CENTURY),
                reader.duration(PREFIX + "touchInterval", standard.touchInterval(), Duration.ZERO, Duration.ofHours(1)),
                (int) reader.number(PREFIX + "maxEntrySize", standard.maxEntrySize(), 1, LARGEST_ENTRY),
                (int) reader.number(PREFIX + "maxEntries", standard.maxEntries(), 1, 100_000),
                reader.number(PREFIX + "maxBytes", standard.maxBytes(), 1024, Long.MAX_VALUE),
                (int) reader.number(
                        PREFIX + "maxSessionsPerOwner", standard.maxSessionsPerOwner(), 0, Integer.MAX_VALUE),
                (int) reader.number(PREFIX + "history.count", standard.historyCount(), 0, 1000),
                reader.duration(PREFIX + "history.age", standard.historyAge(), SECOND, CENTURY),
                reader.choice(PREFIX + "codec", Codec.ZSTD));
        reader.require(
                settings.maxEntrySize() <= settings.maxBytes(),
                PREFIX + "maxEntrySize (" + settings.maxEntrySize() + ") must not be over " + PREFIX + "maxBytes ("
                        + settings.maxBytes() + ")");
        return settings;
    }

    private static SweepSettings sweep(SettingsReader reader) {
        return new SweepSettings(
                reader.duration(PREFIX + "sweep.interval", Duration.ofMinutes(1), SECOND, Duration.ofDays(1)),
                (int) reader.number(PREFIX + "sweep.jitterPercent", 10, 0, 50),
                (int) reader.number(PREFIX + "sweep.batch", 500, 1, 10_000),
                reader.duration(
                        PREFIX + "sweep.budget", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(10)),
                reader.duration(PREFIX + "deliver.interval", SECOND, Duration.ofMillis(100), Duration.ofHours(1)),
                reader.duration(PREFIX + "audit.age", Duration.ofDays(90), SECOND, CENTURY));
    }
}
