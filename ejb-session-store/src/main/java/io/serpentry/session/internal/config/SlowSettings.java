// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/**
 * Everything that is configured for the report of what took long.
 *
 * @param threshold what takes less is not in it
 * @param kept how many operations it has at most
 * @param age what ended earlier is not in it any more
 */
public record SlowSettings(Duration threshold, int kept, Duration age, Collection<Setting> effective) {

    private static final String PREFIX = "serpentry.slow.";

    public SlowSettings {
        effective = List.copyOf(effective);
    }

    /** Throws {@link InvalidSettingsException}, which names what is wrong. */
    public static SlowSettings of(Config config) {
        SettingsReader reader = new SettingsReader(config);
        Duration threshold =
                reader.duration(PREFIX + "threshold", Duration.ofSeconds(1), Duration.ZERO, Duration.ofHours(1));
        int kept = (int) reader.number(PREFIX + "kept", 100, 1, 500);
        Duration age = reader.duration(PREFIX + "age", Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofDays(7));
        reader.requireKnown(PREFIX);
        reader.requireNoProblem();
        return new SlowSettings(threshold, kept, age, reader.effective().values());
    }
}
