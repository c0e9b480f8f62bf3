// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import io.serpentry.alert.Alert;
import io.serpentry.session.internal.config.AlertSettings;
import io.serpentry.session.internal.config.AlertSettings.RuleSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides which alerts are to be raised and cleared.
 *
 * <pre>
 *   below --over the threshold--> pending --for long enough--> open --below--> cleared
 *     ^______________below___________|
 * </pre>
 *
 * <p>It remembers only since when a figure is over its threshold; which alerts are open it is told. For one thread.
 */
final class AlertTracker {

    private final AlertSettings settings;
    private final String server;
    private final Map<Reading.Key, Instant> over = new HashMap<>();

    /** @param server whose alerts these are; empty for those of the shared store */
    AlertTracker(AlertSettings settings, String server) {
        this.settings = settings;
        this.server = server;
    }

    /** Alerts to be raised, which are open, and to be cleared, which are not. */
    List<Alert> look(List<Reading> readings, List<Alert> open, Instant now) {
        Map<Reading.Key, Alert> known = open.stream()
                .filter(alert -> alert.server().equals(server))
                .collect(Collectors.toMap(AlertTracker::key, alert -> alert, (first, second) -> first));
        List<Alert> changes = new ArrayList<>();
        for (Reading reading : readings) {
            Alert change = change(reading, known.get(reading.key()), now);
            if (change != null) {
                changes.add(change);
            }
        }
        Set<Reading.Key> read = readings.stream().map(Reading::key).collect(Collectors.toSet());
        known.values().stream()
                .filter(alert -> isGone(alert, read))
                .map(alert -> alert.cleared(now))
                .forEach(changes::add);
        return changes;
    }

    private static Reading.Key key(Alert alert) {
        return new Reading.Key(alert.rule(), alert.subject());
    }

    /** Nobody looks at it any more: the rule was disabled, or there is no such pool. */
    private boolean isGone(Alert alert, Set<Reading.Key> read) {
        return !read.contains(key(alert))
                && (!server.isEmpty() || !settings.rule(alert.rule()).enabled());
    }

    private @Nullable Alert change(Reading reading, @Nullable Alert open, Instant now) {
        RuleSettings rule = settings.rule(reading.rule());
        if (!rule.enabled() || reading.value() <= rule.threshold()) {
            over.remove(reading.key());
            return open == null ? null : open.cleared(now);
        }
        Instant since = over.computeIfAbsent(reading.key(), key -> now);
        boolean due = !since.plus(rule.pending()).isAfter(now);
        return open == null && due ? raised(reading, rule, now) : null;
    }

    private Alert raised(Reading reading, RuleSettings rule, Instant now) {
        String id = String.format(
                Locale.ROOT,
                "%013d-%08x",
                now.toEpochMilli(),
                ThreadLocalRandom.current().nextInt());
        return new Alert(
                id,
                reading.rule(),
                reading.subject(),
                server,
                reading.value(),
                rule.threshold(),
                now,
                null,
                null,
                null);
    }
}
